import { CodexError } from '@codex/protocol'
import type { StepRow } from '../store/record-run.ts'
import type { ActiveRun } from './active-run.ts'
import { runAfter, type Timer } from './limit-run.ts'

/** What ends one step before its end, without ending the run for another reason. */
export interface StepLimit {
  /** Aborted with STEP_TIMEOUT when the step took too long or nothing happened in it, and whenever the run's is. */
  readonly signal: AbortSignal
  /** Notes that something happened in the step; cheap enough for every token. @param what for people */
  seen(what: string): void
  clear(): void
}

type LimitedRun = {
  readonly claimed: { readonly plan: Limits; readonly startedAt: Date; readonly elapsedMs: number }
} & Pick<ActiveRun, 'signal' | 'isLeased'>
type Limits = Pick<ActiveRun['claimed']['plan'], 'options' | 'stallTimeoutMs'>

/**
 * Watches the time of a step (`options.stepTimeoutS`) and that something happens in it (`stallTimeoutMs`), with one
 * timer. What was seen is only noted, and looked at when the timer fires.
 * @param row the step; one that was begun in an earlier execution has used some of its time already
 */
export function limitStep(run: LimitedRun, row: Pick<StepRow, 'id' | 'startedAt'>, isBegunBefore: boolean): StepLimit {
  const { options, stallTimeoutMs = 0 } = run.claimed.plan
  const stepMs = options.stepTimeoutS === undefined ? Number.POSITIVE_INFINITY : options.stepTimeoutS * 1_000
  const stallMs = stallTimeoutMs === 0 ? Number.POSITIVE_INFINITY : stallTimeoutMs
  if (Math.min(stepMs, stallMs) === Number.POSITIVE_INFINITY) return { signal: run.signal, seen() {}, clear() {} }
  const own = new AbortController()
  const begunAt = performance.now() - (isBegunBefore ? usedBeforeMs(run.claimed, row.startedAt) : 0)
  const last = { what: 'its begin', at: performance.now() }
  let timer: Timer
  const look = (): void => {
    const now = performance.now()
    // a process that was frozen saw nothing, whatever happened: its run is somebody else's
    if (now - last.at >= stallMs && !run.isLeased()) last.at = now
    if (now - begunAt >= stepMs) own.abort(tookTooLong(row.id, stepMs))
    else if (now - last.at >= stallMs) own.abort(stalled(row.id, { limitMs: stallMs, options, last }))
    else arm(now)
  }
  const arm = (now: number): void => {
    timer = runAfter(Math.ceil(Math.min(begunAt + stepMs, last.at + stallMs) - now), look)
  }
  arm(last.at)
  return {
    signal: AbortSignal.any([run.signal, own.signal]),
    seen(what) {
      last.what = what
      last.at = performance.now()
    },
    clear: () => timer.clear(),
  }
}

/**
 * Time that a step used in earlier executions, as far as it was recorded; waiting and queueing are left out. Where the
 * run had waited before the step began it is too little, never too much.
 */
function usedBeforeMs(claimed: LimitedRun['claimed'], startedAt: Date | null): number {
  if (startedAt === null) return 0
  const beforeStepMs = startedAt.getTime() - claimed.startedAt.getTime()
  return Math.max(0, claimed.elapsedMs - Math.max(0, beforeStepMs))
}

function tookTooLong(stepId: string, limitMs: number): CodexError {
  return new CodexError(
    'STEP_TIMEOUT',
    `step ${stepId} took longer than its ${limitMs / 1_000} s (options.step_timeout_s)`,
  )
}

function stalled(
  stepId: string,
  { limitMs, options, last }: { limitMs: number; options: Limits['options']; last: { what: string; at: number } },
): CodexError {
  const setting = options.stallTimeoutS === undefined ? 'CODEX_STALL_TIMEOUT_S' : 'options.stall_timeout_s'
  const at = new Date(Date.now() - (performance.now() - last.at)).toISOString()
  return new CodexError(
    'STEP_TIMEOUT',
    `nothing happened in step ${stepId} for ${limitMs / 1_000} s (${setting}); last seen: ${last.what}, at ${at}`,
  )
}
