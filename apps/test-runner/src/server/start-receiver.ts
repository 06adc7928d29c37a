import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'

export interface ReceivedMessage {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver of webhooks on loopback. */
export interface WebhookReceiver {
  readonly url: string
  readonly messages: readonly ReceivedMessage[]
  /** Resolves with the n-th message, from 1. */
  message(n: number): Promise<ReceivedMessage>
  stop(): Promise<void>
}

/** @param answers statuses of the answers in order, then 204; null answers nothing at all */
export async function startReceiver(answers: readonly (number | null)[] = []): Promise<WebhookReceiver> {
  const messages: ReceivedMessage[] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    messages.push({ headers: request.headers, body: await text(request) })
    const status = answers[messages.length - 1]
    if (status !== null) response.writeHead(status ?? 204).end()
    for (const wake of waiting) wake()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0 // a TCP server's address is an object
  return {
    url: `http://127.0.0.1:${port}/hook`,
    messages,
    async message(n) {
      for (;;) {
        const found = messages[n - 1]
        if (found !== undefined) return found
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting.add(resolve)
        await promise
        waiting.delete(resolve)
      }
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
