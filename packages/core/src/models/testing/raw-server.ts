import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** What a server does with its n-th request, counted from 0. */
export type RawHandler = (request: IncomingMessage, response: ServerResponse, index: number) => unknown

export interface RawServer extends AsyncDisposable {
  readonly url: string
  /** Requests that have arrived so far. */
  requests(): number
  /** Resolves when a client has hung up on the n-th request. */
  hungUp(index: number): Promise<void>
}

/** A server that says exactly what a test wants, for answers that no well-behaved mock gives. */
export async function startRawServer(handler: RawHandler): Promise<RawServer> {
  const closed: Promise<void>[] = []
  const server = createServer((request, response) => {
    const index = closed.length
    closed.push(once(response, 'close').then(() => {}))
    handler(request, response, index)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests: () => closed.length,
    async hungUp(index) {
      await closed[index]
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** One chunk of a chat completion's stream. */
export function chatChunk(delta: object, finishReason: string | null = null): string {
  return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`
}

/** Starts an event stream and sends these pieces. */
export function sendEvents(response: ServerResponse, ...pieces: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const piece of pieces) response.write(piece)
}
