import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { verifyWebhook } from '@codex/sdk'

/** One message that a webhook was sent. */
export interface ReceivedWebhook {
  /** The same for every try. */
  readonly id: string
  readonly runId: string | null
  readonly type: string | null
  /** HTTP status that it was answered with. */
  readonly status: number
  /** Why it is not a signed message of the service; null when it is. */
  readonly problem: string | null
}

/** A receiver of webhooks that checks and keeps every message, and that refuses the first try of some. */
export interface ChaosReceiver {
  readonly url: string
  /** With which the nodes sign. */
  readonly secret: string
  readonly messages: readonly ReceivedWebhook[]
  stop(): Promise<void>
}

/** Every which first try is refused: the service has to come again. */
const REFUSED_EVERY = 8

export async function startChaosReceiver(): Promise<ChaosReceiver> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  const messages: ReceivedWebhook[] = []
  const known = new Set<string>()
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => null) // its node died while it sent
    if (body === null) return
    const message = await open(request.headers, body, secret)
    const isRefused = !known.has(message.id) && known.add(message.id).size % REFUSED_EVERY === 0
    const status = isRefused ? 503 : 204
    messages.push({ ...message, status })
    response.writeHead(status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0 // a TCP server's address is an object
  return {
    url: `http://127.0.0.1:${port}/hook`,
    secret,
    messages,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function open(
  headers: IncomingHttpHeaders,
  body: string,
  secret: string,
): Promise<Omit<ReceivedWebhook, 'status'>> {
  const id = String(headers['webhook-id'] ?? '')
  try {
    const { type, data } = await verifyWebhook(body, headers, secret)
    return { id, runId: data.request_id, type, problem: null }
  } catch (error) {
    return { id, runId: null, type: null, problem: String(error) }
  }
}
