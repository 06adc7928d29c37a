import type { HttpOptions } from '../http/http-options.ts'
import { createHttpServer, type HttpServer } from '../http.ts'
import { createLog } from '../log/create-log.ts'
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

interface CallOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they are about
  readonly body: any
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
    call: async (method, path, { body, headers = {} } = {}) => {
      const json = body === undefined ? {} : { 'content-type': 'application/json' }
      const response = await fetch(url + path, {
        method,
        headers: { ...json, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json') === true
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
    },
    [Symbol.asyncDispose]: () => server.app.close(),
  }
}
