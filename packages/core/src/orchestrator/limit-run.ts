import { CodexError } from '@codex/protocol'
import type { ClaimedRun } from '../store/claim-run.ts'

/** Node's timers take no more than 2^31-1 ms. */
const MAX_TIMER_MS = 2_147_483_647

export interface Timer {
  clear(): void
}

/** Aborts a run at its time limit and at its deadline, whichever comes first. */
export function limitRun(
  controller: AbortController,
  { plan, elapsedMs, deadline }: Pick<ClaimedRun, 'plan' | 'elapsedMs' | 'deadline'>,
): Timer {
  const { timeoutMs } = plan
  const timers = [runAfter(timeoutMs - elapsedMs, () => controller.abort(timeoutError(timeoutMs)))]
  if (deadline !== null) {
    timers.push(runAfter(deadline.getTime() - Date.now(), () => controller.abort(deadlineError(deadline))))
  }
  return {
    clear() {
      for (const timer of timers) timer.clear()
    },
  }
}

/** Acts after any time, also one that is longer than a timer can be, or over already. */
export function runAfter(ms: number, act: () => void): Timer {
  let timer: NodeJS.Timeout
  const wait = (leftMs: number): void => {
    timer = setTimeout(
      () => (leftMs > MAX_TIMER_MS ? wait(leftMs - MAX_TIMER_MS) : act()),
      Math.max(0, Math.min(leftMs, MAX_TIMER_MS)),
    )
  }
  wait(ms)
  return { clear: () => clearTimeout(timer) }
}

function timeoutError(timeoutMs: number): CodexError {
  return new CodexError('RUN_TIMEOUT', `the run took longer than its ${timeoutMs / 1000} s (options.timeout_s)`)
}

/** What a run fails with that has not ended by its deadline; the same request would be as late. */
export function deadlineError(deadline: Date): CodexError {
  return new CodexError('RUN_TIMEOUT', `the run had not ended by its deadline ${deadline.toISOString()}`, {
    retryable: false,
  })
}
