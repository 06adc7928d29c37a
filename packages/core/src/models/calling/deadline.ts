import { ModelTimeoutError } from './guarded-fetch.ts'

/** A signal that also fires after a time; to be disposed of so that neither timer nor listener stays. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal
  /** Set when the time, and not the outer signal, ended it. */
  readonly timeout: ModelTimeoutError | undefined
}

/** @param limitMs until the signal fires, in milliseconds */
export function withDeadline(outer: AbortSignal, limitMs: number): Deadline {
  const controller = new AbortController()
  let timeout: ModelTimeoutError | undefined
  const onOuterAbort = () => controller.abort(outer.reason)
  if (outer.aborted) onOuterAbort()
  outer.addEventListener('abort', onOuterAbort, { once: true })
  const timer = setTimeout(() => {
    timeout = new ModelTimeoutError(`no complete answer within ${limitMs / 1000} s`)
    controller.abort(timeout)
  }, limitMs)
  return {
    signal: controller.signal,
    get timeout() {
      return timeout
    },
    [Symbol.dispose]() {
      clearTimeout(timer)
      outer.removeEventListener('abort', onOuterAbort)
    },
  }
}
