import { CodexError } from '@codex/protocol'
import { runAfter } from './limit-run.ts'

/**
 * Makes one model call, with its retries and its fallback, within the time that the request allows it.
 * @param limitS absent: no time of its own, and nothing is made for it
 * @param call gets the signal that ends it
 * @throws CodexError STEP_TIMEOUT, which names the option: the server may be fine, so that it is no MODEL_UNAVAILABLE
 */
export async function limitCall<T>(
  {
    signal,
    stepId,
    limitS,
  }: { readonly signal: AbortSignal; readonly stepId: string; readonly limitS: number | undefined },
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (limitS === undefined) return await call(signal)
  const own = new AbortController()
  const timer = runAfter(limitS * 1_000, () =>
    own.abort(
      new CodexError(
        'STEP_TIMEOUT',
        `a model call of step ${stepId} took longer than its ${limitS} s (options.call_timeout_s)`,
      ),
    ),
  )
  try {
    return await call(AbortSignal.any([signal, own.signal]))
  } finally {
    timer.clear()
  }
}
