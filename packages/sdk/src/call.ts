import type { CodexError } from '@codex/protocol'
import { backoffMs } from './backoff.ts'
import type { CallOptions } from './call-options.ts'
import type { Settings } from './codex-options.ts'
import { toCodexError } from './to-codex-error.ts'
import { wait } from './wait.ts'

/** A service that asks for a longer pause than this gets its error handed to the caller instead. */
const MAX_RETRY_AFTER_S = 60

export interface CallPlan extends CallOptions {
  /** Whether making the call twice is the same as making it once; only such calls are repeated. */
  readonly isRepeatable: boolean
}

/**
 * Makes one call with a time limit per attempt, repeating it with growing pauses where that is safe and can help.
 * @throws CodexError as the service gave it, UNAVAILABLE when it could not be reached; the signal's reason on abort
 */
export async function call<T>(
  settings: Settings,
  plan: CallPlan,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    plan.signal?.throwIfAborted()
    try {
      return await withinTime(settings, plan.signal, attempt)
    } catch (error) {
      plan.signal?.throwIfAborted()
      const failure = toCodexError(error, settings.url)
      if (!plan.isRepeatable || failures > settings.retries || !isWorthRepeating(failure)) throw failure
      await wait(pauseMs(failure, failures, settings.retryDelayMs), plan.signal)
    }
  }
}

/** Whether the same request may succeed later, and soon enough to wait for it. */
export function isWorthRepeating(failure: CodexError): boolean {
  return failure.retryable && (failure.retryAfterS ?? 0) <= MAX_RETRY_AFTER_S
}

/** The pause before the next attempt in milliseconds: what the service asked for, else growing. */
export function pauseMs(failure: CodexError, failures: number, firstMs: number): number {
  return failure.retryAfterS === undefined ? backoffMs(failures, firstMs) : failure.retryAfterS * 1_000
}

async function withinTime<T>(
  settings: Settings,
  signal: AbortSignal | undefined,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  let stop = (_reason: unknown) => {}
  const stopped = new Promise<never>((_, reject) => {
    stop = (reason) => {
      reject(reason)
      controller.abort(reason)
    }
  })
  const onAbort = () => stop(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const timer = setTimeout(
    () => stop(new Error(`the attempt took longer than ${settings.requestTimeoutMs} ms (requestTimeoutMs)`)),
    settings.requestTimeoutMs,
  )
  try {
    // raced, because not every fetch settles when it is aborted
    return await Promise.race([stopped, attempt(controller.signal)])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}
