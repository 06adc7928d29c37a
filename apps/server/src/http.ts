import type { Server } from 'node:http'
import { type AppRouter, appRouter, type Context, toCodexError } from '@codex/api'
import { CodexError } from '@codex/protocol'
import { TRPCError } from '@trpc/server'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { drain } from './http/drain.ts'
import type { HttpOptions } from './http/http-options.ts'
import { trackInFlight } from './http/in-flight.ts'
import { type KnownRoutes, rememberRoutes } from './http/known-routes.ts'
import { registerMetrics } from './http/metrics.ts'
import { isProbe, protect } from './http/protect.ts'
import { requestIdOf } from './http/request-id.ts'
import { sendError } from './http/send-error.ts'
import { toHttpError } from './http/to-http-error.ts'
import { registerDocs } from './rest/docs.ts'
import { registerOpenapi } from './rest/openapi.ts'
import { registerRest } from './rest/register-rest.ts'

/** A batch of tRPC calls names all of them in the path. */
const MAX_PARAM_LENGTH = 5_000
/** How long a body that is too large may go on arriving before its client is cut off. */
const DRAIN_MS = 10_000

export interface HttpServer {
  readonly app: FastifyInstance<Server>
  readonly routes: KnownRoutes['all']
  /** Resolves when no request is being answered any more, event streams aside; false when the time was over first. */
  settled(timeoutMs: number): Promise<boolean>
}

/** Builds the HTTP side: REST, tRPC, documents, metrics and everything in front of them. Does not listen. */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { orchestrator, limits, log, shutdownSignal, version, heartbeatMs } = options
  const app: FastifyInstance<Server> = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    genReqId: (request) => requestIdOf(request.headers),
    logController: new LogController({ requestIdLogLabel: 'request_id', disableRequestLogging: isProbe }),
    bodyLimit: limits.maxBodyBytes,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // event streams never end by themselves
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => sendError(request, reply, toHttpError(error, limits.maxBodyBytes)),
  })
  // bodies are JSON; this also keeps out what a web page may send without asking first
  app.removeContentTypeParser('text/plain')
  const contextOf = (request: FastifyRequest): Context => ({
    orchestrator,
    requestId: request.id,
    principal: request.principal,
    limits,
    shutdownSignal,
  })
  const routes = rememberRoutes(app)
  const { settled } = trackInFlight(app)

  app.setErrorHandler(async (error, request, reply) => {
    const known = toHttpError(error, limits.maxBodyBytes)
    if (known.code === 'PAYLOAD_TOO_LARGE') await drain(request.raw, DRAIN_MS)
    if (known.status >= 500) request.log.error({ err: error }, known.message)
    else request.log.info({ code: known.code, detail: known.message }, 'request refused')
    return sendError(request, reply, known, { isFromProcedure: error instanceof TRPCError })
  })
  app.setNotFoundHandler((request, reply) => sendError(request, reply, noRoute(request, reply, routes)))

  await protect(app, options)
  await registerOpenapi(app, { version })
  registerMetrics(app, { orchestrator })
  registerRest(app, { orchestrator, limits, shutdownSignal, heartbeatMs, contextOf, version })
  registerDocs(app)
  await app.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    trpcOptions: {
      router: appRouter,
      createContext: ({ req }) => contextOf(req),
      onError: ({ error, req, path }) => {
        const known = toCodexError(error)
        if (known.status >= 500) req.log.error({ err: error, path }, known.message)
      },
      responseMeta: ({ errors }) => {
        const [first] = errors
        // calls of one batch may end differently; tRPC answers 207 then
        if (first === undefined || errors.length > 1) return {}
        const { status, retryAfterS } = toCodexError(first)
        return retryAfterS === undefined
          ? { status }
          : { status, headers: { 'retry-after': String(Math.ceil(retryAfterS)) } }
      },
    },
  } satisfies FastifyTRPCPluginOptions<AppRouter>)
  return { app, routes: routes.all, settled }
}

function noRoute(request: FastifyRequest, reply: FastifyReply, routes: KnownRoutes): CodexError {
  const path = request.url.split('?', 1)[0] ?? request.url
  const methods = routes.methodsOf(path)
  if (methods.length === 0) return new CodexError('NOT_FOUND', `there is no route ${path}; see /docs`)
  reply.header('allow', methods.join(', '))
  return new CodexError('METHOD_NOT_ALLOWED', `${path} has no ${request.method}; it has ${methods.join(', ')}`)
}
