import type { Readable } from 'node:stream'
import { Agent, type Dispatcher, EnvHttpProxyAgent, interceptors, request } from 'undici'

const MAX_REDIRECTIONS = 5
/** How long the server is silent is watched by whoever calls: see `guardedFetch`. */
const NO_LIMITS = { headersTimeout: 0, bodyTimeout: 0 }

/**
 * A `fetch` for model calls on undici's own request interface, which takes a third of the CPU time that the whole of the
 * Fetch standard takes on top of it, and knows no time limit of its own. It sends text and bytes; compressed answers are
 * not asked for.
 * @param usesProxy whether to go through the proxies that HTTP_PROXY and HTTPS_PROXY name
 * @throws TypeError from the request, as fetch does, with what undici says as its cause; the signal's reason
 */
export function createHttpFetch({ usesProxy }: { readonly usesProxy: boolean }): typeof globalThis.fetch {
  const agent = usesProxy ? new EnvHttpProxyAgent(NO_LIMITS) : new Agent(NO_LIMITS)
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: MAX_REDIRECTIONS }))
  return async (input, init = {}) => {
    const { body = null, headers, method = 'GET', signal } = init
    if (input instanceof Request || !isPlain(body)) return await fetch(input, init)
    try {
      const response = await request(input, {
        dispatcher,
        method: method as Dispatcher.HttpMethod, // checked by undici
        headers: Object.fromEntries(new Headers(headers)),
        body,
        signal: signal ?? null,
      })
      const options = { status: response.statusCode, headers: flatten(response.headers) }
      return new Response(hasBody(response.statusCode) ? toWebStream(response.body) : null, options)
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : new TypeError('fetch failed', { cause: error })
    }
  }
}

function isPlain(body: unknown): body is string | Uint8Array | null {
  return body === null || typeof body === 'string' || body instanceof Uint8Array
}

/** @see https://fetch.spec.whatwg.org/#null-body-status */
function hasBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [name, one]),
  )
}

/** Node's own adapter would take several times as long, for cases that an answer's body does not have. */
function toWebStream(body: Readable): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      body.on('data', (chunk: Buffer) => {
        controller.enqueue(chunk)
        if ((controller.desiredSize ?? 0) <= 0) body.pause()
      })
      body.once('end', () => controller.close())
      body.once('error', (error) => controller.error(error))
    },
    pull() {
      body.resume()
    },
    cancel(reason) {
      body.destroy(reason instanceof Error ? reason : undefined)
    },
  })
}
