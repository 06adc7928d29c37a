import { CodexError } from '@codex/protocol'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createAuthenticator } from './authenticate.ts'
import { createBrowserGuard } from './guard-browsers.ts'
import type { HttpOptions } from './http-options.ts'

/**
 * Paths that need no key: probes tell nothing but up or down, and the contract is public. `/metrics` tells how much
 * is run and by which route, so it needs the key like everything else.
 */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/openapi.json', '/docs'])
/** Answered also under pressure and while shutting down, so that an operator can see what happens. */
const PROBE_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics'])

const RETRY_AFTER_PRESSURE_S = 2
const RETRY_AFTER_SHUTDOWN_S = 5
const PRESSURE_SAMPLE_MS = 1_000

/** Puts everything in front of the routes that decides whether a request may reach them. */
export async function protect(app: FastifyInstance, options: HttpOptions): Promise<void> {
  const { apiKeys, corsOrigins, limits, shutdownSignal, role = 'all' } = options
  const authenticate = createAuthenticator(apiKeys)
  const guardBrowsers = createBrowserGuard({ hasApiKeys: apiKeys.length > 0, corsOrigins })

  await app.register(helmet, {
    // transport security is the business of the proxy that ends TLS; on loopback it would lock the browser out
    strictTransportSecurity: false,
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  })
  if (corsOrigins.length > 0) {
    await app.register(cors, {
      origin: [...corsOrigins],
      exposedHeaders: ['location', 'preference-applied', 'retry-after', 'x-request-id'],
      maxAge: 600,
    })
  }
  app.decorateRequest('principal')
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    guardBrowsers(request)
    const path = pathOf(request)
    if (shutdownSignal.aborted && !isProbe(request)) {
      reply.header('connection', 'close')
      throw new CodexError('UNAVAILABLE', 'the server is shutting down; try again', {
        retryAfterS: RETRY_AFTER_SHUTDOWN_S,
      })
    }
    if (role === 'worker' && !isProbe(request)) {
      throw new CodexError('UNAVAILABLE', 'this node only executes runs (CODEX_ROLE=worker); ask another node')
    }
    request.principal = isOpen(path) ? { kind: 'local' } : authenticate(request)
  })
  await app.register(underPressure, {
    maxEventLoopDelay: limits.maxEventLoopDelayMs,
    sampleInterval: PRESSURE_SAMPLE_MS,
    pressureHandler: async (request, _reply, type, value) => {
      // infinite: no sample came in the interval, as happens right after the start on a busy machine; that says nothing
      if (isProbe(request) || value === Number.POSITIVE_INFINITY) return
      request.log.warn({ type, value }, 'turned a request away under pressure')
      throw new CodexError('UNAVAILABLE', 'the server is overloaded; try again', {
        retryAfterS: RETRY_AFTER_PRESSURE_S,
      })
    },
  })
}

/** Whether a request only asks how the server is; such requests come every few seconds. */
export function isProbe(request: FastifyRequest): boolean {
  return PROBE_PATHS.has(pathOf(request))
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url
}

function isOpen(path: string): boolean {
  return OPEN_PATHS.has(path) || path.startsWith('/docs/')
}
