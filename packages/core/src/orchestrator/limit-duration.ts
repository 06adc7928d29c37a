import type { BudgetMark } from '@codex/protocol'
import { isNearlyUsedUp } from '../budget/budget-limit.ts'
import { describeExhausted } from '../budget/describe-mark.ts'
import type { ClaimedRun } from '../store/claim-run.ts'
import type { ActiveRun } from './active-run.ts'
import { RunPause } from './run-pause.ts'

export interface DurationLimit {
  /** Aborted with a {@link RunPause} when the run's time is used up, and with the given signal. */
  readonly signal: AbortSignal
  /** Lets the run tell when most of its time is used. */
  watch(run: Pick<ActiveRun, 'budget' | 'record'>): void
  stop(): void
}

/** Part of the time after which the run tells of it; as for the other limits. */
const WARNING_SHARE = 0.8

/**
 * Stops a run, and whatever it is doing, when it was executed for as long as its budget allows. Time in the queue and
 * time in which it waited do not count.
 */
export function limitDuration(claimed: ClaimedRun, given: AbortSignal): DurationLimit {
  const limitS = claimed.plan.budget?.maxDurationS
  if (limitS === undefined) return { signal: given, watch() {}, stop() {} }
  const own = new AbortController()
  const startedAt = performance.now()
  const usedMs = (): number => claimed.elapsedMs + performance.now() - startedAt
  const mark = (): BudgetMark => ({
    scope: 'run',
    kind: 'duration',
    used: Math.round(usedMs()) / 1_000,
    limit: limitS,
  })
  const after = (ms: number, act: () => void): NodeJS.Timeout => setTimeout(act, Math.max(0, Math.ceil(ms - usedMs())))
  const timers = [
    after(limitS * 1_000, () => {
      const used = mark()
      own.abort(new RunPause('budget', describeExhausted(used), used))
    }),
  ]
  return {
    signal: AbortSignal.any([given, own.signal]),
    watch(run) {
      const warn = (): void => {
        const events = isNearlyUsedUp(mark()) ? run.budget.warningsFor([mark()]) : []
        if (events.length > 0) run.record({ events })
      }
      timers.push(after(limitS * 1_000 * WARNING_SHARE, warn))
    },
    stop: () => timers.forEach(clearTimeout),
  }
}
