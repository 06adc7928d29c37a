import { AsyncLocalStorage } from 'node:async_hooks'

/** Told of every sign of life of a model call. */
export type CallListener = (what: 'request' | 'bytes') => void

/**
 * Who wants to know that a model call is alive. The providers' clients take one `fetch` for all calls, so that which
 * call a request belongs to can only be told by the context that it is made in.
 */
const listeners = new AsyncLocalStorage<CallListener>()

/** Makes a model call whose requests and bytes are told to a listener; none: nobody is told. */
export function withCallActivity<T>(onActivity: CallListener | undefined, call: () => T): T {
  return onActivity === undefined ? call() : listeners.run(onActivity, call)
}

/** The listener of the model call that this code is part of. */
export function currentCallListener(): CallListener | undefined {
  return listeners.getStore()
}
