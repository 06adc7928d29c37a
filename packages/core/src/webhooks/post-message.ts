import { request as httpRequest } from 'node:http'
import { isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { destinationOf } from '../network/destination.ts'
import { dial } from '../network/dial.ts'
import { VERSION } from '../version.ts'
import type { WebhookSettings } from './webhook-settings.ts'

/** What a receiver answered; its body is of no interest. */
export interface ReceiverAnswer {
  readonly status: number
  /** Seconds that it asks to wait, or null. */
  readonly retryAfterS: number | null
}

/** How long one try may take: name, connection, sending and the head of the answer. */
const TRY_TIMEOUT_MS = 10_000
/** An answer's body is read so far, so that the receiver sees a normal end. */
const MAX_ANSWER_BYTES = 65_536

/**
 * Sends one message once, to the address that was checked. Redirects are not followed: they would lead around the check.
 * @throws EgressDenied for an address that must not be reached; whatever kept the message from arriving
 */
export async function postMessage(
  url: URL,
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  settings: Pick<WebhookSettings, 'allowPrivate' | 'egress'>,
  signal: AbortSignal,
): Promise<ReceiverAnswer> {
  const timeout = AbortSignal.timeout(TRY_TIMEOUT_MS)
  const stop = AbortSignal.any([timeout, signal])
  const destination = destinationOf(url)
  const egress = { ...settings.egress, privateHosts: settings.allowPrivate ? ['*'] : [] }
  try {
    const socket = await orGiveUp(dial(destination, egress, stop), stop)
    const isTls = url.protocol === 'https:'
    const servername = isIP(destination.host) === 0 ? { servername: destination.host } : {}
    const connection = isTls ? connectTls({ socket, host: destination.host, ...servername }) : socket
    return await exchange(url, message, { connection, stop }).catch((error: unknown) => {
      connection.destroy()
      throw error
    })
  } catch (error) {
    if (timeout.aborted) throw new Error(`no answer within ${TRY_TIMEOUT_MS / 1_000} s`, { cause: error })
    throw error
  }
}

/** Names are resolved without a way to give up. */
async function orGiveUp<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const giveUp = () => reject(signal.reason)
  signal.addEventListener('abort', giveUp, { once: true })
  if (signal.aborted) giveUp()
  return await Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', giveUp))
}

function exchange(
  url: URL,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  {
    connection,
    stop,
  }: {
    readonly connection: ReturnType<typeof connectTls> | Awaited<ReturnType<typeof dial>>
    readonly stop: AbortSignal
  },
): Promise<ReceiverAnswer> {
  return new Promise((resolve, reject) => {
    const sending = httpRequest(url, {
      method: 'POST',
      // the TLS session is made already where there is one
      protocol: 'http:',
      agent: false,
      createConnection: () => connection,
      signal: stop,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': `codex-orchestrator/${VERSION}`,
        host: url.host,
        connection: 'close',
      },
    })
    connection.once('error', reject)
    sending.once('error', reject)
    sending.once('response', (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MAX_ANSWER_BYTES) response.destroy()
      })
      response.on('error', () => {}) // the head says all
      resolve({ status: response.statusCode ?? 0, retryAfterS: readRetryAfter(response.headers['retry-after']) })
    })
    sending.end(body)
  })
}

function readRetryAfter(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null
}
