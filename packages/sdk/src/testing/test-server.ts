import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { appRouter } from '@codex/api'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import type { ScriptedOrchestrator } from './scripted-orchestrator.ts'

/** Answers a request instead of the router (true), or lets it through (false). */
export type Interception = (request: IncomingMessage, response: ServerResponse) => boolean

export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Requests as they came, `METHOD /path`. */
  readonly requests: { readonly line: string; readonly authorization: string | undefined }[]
  /** Looked at before the router sees a request. */
  intercept: Interception
  /** Destroys every connection in the middle of what it carries; the server stays. */
  dropConnections(): void
  /** Destroys every connection and frees the port, as a kill would. */
  stop(): Promise<void>
}

/** Serves the real router over HTTP. @param port 0 for any; the port of a stopped one to restart it */
export async function startTestServer(orchestrator: ScriptedOrchestrator, port = 0): Promise<TestServer> {
  const sockets = new Set<Socket>()
  const handle = createHTTPHandler({
    router: appRouter,
    basePath: '/trpc/',
    createContext: () => ({
      orchestrator,
      requestId: 'http-1',
      principal: { kind: 'local' as const },
      limits: { maxWaitMs: 1_000 },
      shutdownSignal: new AbortController().signal,
    }),
  })
  const http = createServer((request, response) => {
    const { authorization } = request.headers
    server.requests.push({ line: `${request.method} ${request.url?.split('?')[0]}`, authorization })
    if (!server.intercept(request, response)) handle(request, response)
  })
  http.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  http.listen(port, '127.0.0.1')
  await once(http, 'listening')
  const address = http.address() as AddressInfo // a TCP server that listens has no other kind
  const server: TestServer = {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests: [],
    intercept: () => false,
    dropConnections() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    async stop() {
      if (!http.listening) return
      http.close()
      server.dropConnections()
      await once(http, 'close')
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
  return server
}
