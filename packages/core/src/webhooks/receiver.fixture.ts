import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'

export interface ReceivedMessage {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly path: string
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>

/** A receiver of webhooks on loopback that answers what the test says: a status, or nothing at all for null. */
export async function startReceiver(answer: (message: ReceivedMessage, n: number) => number | null = () => 204) {
  const messages: ReceivedMessage[] = []
  const server = createServer(async (request, response) => {
    const message = { headers: request.headers, body: await text(request), path: request.url ?? '' }
    messages.push(message)
    const status = answer(message, messages.length)
    if (status === null) return
    if (status >= 300 && status < 400) response.setHeader('location', '/elsewhere')
    response.writeHead(status).end('noted')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0 // a TCP server's address is an object
  return {
    messages,
    port,
    url: `http://127.0.0.1:${port}/hook`,
    async stop(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
