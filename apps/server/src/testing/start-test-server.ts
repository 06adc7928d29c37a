import type { HttpOptions } from '../http/http-options.ts'
import { createHttpServer, type HttpServer } from '../http.ts'
import { createLog } from '../log/create-log.ts'
import { type Answer, type CallOptions, callServer } from './call-server.ts'
import { createScriptedOrchestrator, type ScriptedOrchestrator } from './scripted-orchestrator.ts'

export interface TestServer extends HttpServer, AsyncDisposable {
  readonly url: string
  readonly orchestrator: ScriptedOrchestrator
  /** Every line that the server logged. */
  readonly lines: string[]
  /** Begins the shutdown. */
  readonly shutDown: () => void
  /** Calls the server over HTTP; a body is sent as JSON. */
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>
}

/** A server on a free port over a scripted facade; `await using` closes it, also when the test fails. */
export async function startTestServer(overrides: Partial<HttpOptions> = {}): Promise<TestServer> {
  const orchestrator = createScriptedOrchestrator()
  const shutdown = new AbortController()
  const lines: string[] = []
  const server = await createHttpServer({
    orchestrator,
    apiKeys: [],
    corsOrigins: [],
    limits: { maxWaitMs: 60_000, maxBodyBytes: 1_000_000, maxEventLoopDelayMs: 60_000 },
    version: '1.2.3',
    log: createLog({ level: 'trace', write: (line) => lines.push(line), secrets: overrides.apiKeys ?? [] }),
    shutdownSignal: shutdown.signal,
    heartbeatMs: 60_000,
    ...overrides,
  })
  const url = await server.app.listen({ port: 0, host: '127.0.0.1' })
  return {
    ...server,
    url,
    orchestrator,
    lines,
    shutDown: () => shutdown.abort(),
    call: (method, path, options) => callServer(url + path, method, options),
    [Symbol.asyncDispose]: () => server.app.close(),
  }
}
