import { currentCallListener } from './call-activity.ts'

/** A server that went silent or an attempt that took too long; worth another try. */
export class ModelTimeoutError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ModelTimeoutError'
  }
}

/** How long a server may send nothing, in milliseconds. */
export interface SilenceLimits {
  readonly firstByteMs: number
  readonly idleMs: number
}

/**
 * A fetch that gives up on a server that sends nothing: neither headers nor a body's next bytes. It watches bytes and
 * not parsed events, so that keep-alive comments count as life and every provider is covered alike.
 * @throws ModelTimeoutError from the request or while its body is read
 */
export function guardedFetch(fetch: typeof globalThis.fetch, limits: SilenceLimits): typeof globalThis.fetch {
  return async (input, init) => {
    const controller = new AbortController()
    const tell = currentCallListener()
    tell?.('request')
    const outer = init?.signal ?? undefined
    const onOuterAbort = () => controller.abort(outer?.reason)
    if (outer?.aborted === true) onOuterAbort()
    outer?.addEventListener('abort', onOuterAbort, { once: true })
    const silence = (limitMs: number, what: string) =>
      setTimeout(
        () => controller.abort(new ModelTimeoutError(`the server sent no ${what} for ${limitMs / 1000} s`)),
        limitMs,
      )
    let timer = silence(limits.firstByteMs, 'answer')
    const release = () => {
      clearTimeout(timer)
      outer?.removeEventListener('abort', onOuterAbort)
    }

    let response: Response
    try {
      response = await fetch(input, { ...init, signal: controller.signal })
    } catch (error) {
      release()
      throw controller.signal.aborted ? controller.signal.reason : error
    }
    if (response.body === null) {
      release()
      return response
    }
    clearTimeout(timer)
    timer = silence(limits.idleMs, 'more bytes')
    const body = watch(response.body, {
      onBytes() {
        timer.refresh()
        tell?.('bytes')
      },
      onEnd: release,
      signal: controller.signal,
    })
    return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers })
  }
}

function watch(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  watcher: { readonly onBytes: () => void; readonly onEnd: () => void; readonly signal: AbortSignal },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) {
          watcher.onEnd()
          controller.close()
          return
        }
        watcher.onBytes()
        controller.enqueue(value)
      } catch (error) {
        watcher.onEnd()
        controller.error(watcher.signal.aborted ? watcher.signal.reason : error)
      }
    },
    async cancel(reason) {
      watcher.onEnd()
      await reader.cancel(reason)
    },
  })
}
