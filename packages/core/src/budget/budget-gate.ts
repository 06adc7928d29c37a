import type { BudgetLimits, BudgetMark } from '@codex/protocol'
import { RunPause } from '../orchestrator/run-pause.ts'
import type { NewEvent, SettlementRow } from '../store/record-run.ts'
import { isNearlyUsedUp, markKey, marksOf, type Spending } from './budget-limit.ts'
import { describeExhausted } from './describe-mark.ts'
import { createRunAccount } from './run-account.ts'

/** Where a call stands in the ledger. */
export interface CallPlace {
  readonly stepId: string
  readonly attempt: number
  readonly n: number
}

/** What is to be written together with a call that is over. */
export interface Settled {
  readonly settlements: readonly SettlementRow[]
  readonly events: readonly NewEvent[]
}

/** Room that was made for one call. One of its two ends is called exactly once. */
export interface Reservation {
  /** The call is over and was paid for. */
  settle(paid: Spending): Settled
  /** The call is over and left nothing: it failed, or was stopped. */
  release(): Promise<void>
}

/** What stands between a run and everything that costs money. */
export interface BudgetGate {
  /** Whether dollars are limited anywhere, so that a call of unknown price is worth a word. */
  readonly limitsUsd: boolean
  /**
   * Waits until a call may begin, and reserves what it may cost.
   * @param bound what it costs at the most; asked only where something is limited
   * @throws RunPause when a limit is used up; the signal's reason
   */
  reserve(place: CallPlace, bound: () => Spending, signal: AbortSignal): Promise<Reservation>
  /** Events for limits that are nearly used up and were not told of yet. */
  warningsFor(marks: readonly BudgetMark[]): readonly NewEvent[]
}

export interface BudgetGateSettings {
  /** The run's own limits. */
  readonly limits: BudgetLimits | null
  /** What recorded calls of the run used. */
  readonly used: Spending
  /** Limits that the run was warned of before, as {@link markKey}s. */
  readonly warned: readonly string[]
}

const NOTHING_SETTLED: Settled = { settlements: [], events: [] }
const UNLIMITED: Reservation = { settle: () => NOTHING_SETTLED, release: async () => {} }

export function createBudgetGate(settings: BudgetGateSettings): BudgetGate {
  const { limits } = settings
  const warned = new Set(settings.warned)
  const own = limits === null ? null : createRunAccount(limits, settings.used)

  const warningsFor = (marks: readonly BudgetMark[]): readonly NewEvent[] => {
    const told = marks.filter((mark) => isNearlyUsedUp(mark) && !warned.has(markKey(mark)))
    for (const mark of told) warned.add(markKey(mark))
    return told.map((mark) => ({ type: 'budget.warned', data: mark }))
  }
  return {
    limitsUsd: limits?.maxUsd !== undefined,
    warningsFor,
    async reserve(_place, bound, signal) {
      if (own === null) return UNLIMITED
      const most = bound()
      for (;;) {
        const answer = own.tryReserve(most)
        if (answer === 'reserved') break
        if (answer !== 'busy') throw new RunPause('budget', describeExhausted(answer), answer)
        await settledOrAborted(own.nextSettled(), signal)
      }
      return {
        settle(paid) {
          own.settle(most, paid)
          return { settlements: [], events: warningsFor(marksOf('run', own.limits, own.used)) }
        },
        async release() {
          own.settle(most, { usd: 0, tokens: 0 })
        },
      }
    },
  }
}

async function settledOrAborted(settled: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  let stop: () => void = () => {}
  const aborted = new Promise<void>((resolve) => {
    stop = resolve
    signal.addEventListener('abort', stop)
  })
  await Promise.race([settled, aborted])
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
}
