import { renderTrpcError } from '@codex/api'
import { type CodexError, orchestrateRequest, toProblem, toWirePath } from '@codex/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Advice where the error itself knows no better, seconds. */
const DEFAULT_RETRY_AFTER_S = 5
const RETRY_LATER: ReadonlySet<number> = new Set([429, 503])

export interface SendErrorOptions {
  /** Whether the paths of the issues are in the SDK's spelling, as procedures give them. */
  readonly isFromProcedure: boolean
}

/** Answers a request with an error: as a problem document, or in tRPC's form where a tRPC client asked. */
export function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  error: CodexError,
  { isFromProcedure }: SendErrorOptions = { isFromProcedure: false },
): FastifyReply {
  reply.code(error.status)
  if (RETRY_LATER.has(error.status)) reply.header('retry-after', Math.ceil(error.retryAfterS ?? DEFAULT_RETRY_AFTER_S))
  if (error.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer realm="codex"')
  const path = request.url.split('?', 1)[0] ?? request.url
  if (path.startsWith('/trpc/')) {
    return reply.type('application/json').send(JSON.stringify(renderTrpcError(error, request.id)))
  }
  const problem = toProblem(error, { instance: path, requestId: request.id })
  const errors = isFromProcedure
    ? problem.errors.map((issue) => ({ ...issue, path: toWirePath(orchestrateRequest, issue.path) }))
    : problem.errors
  // bytes, because Fastify would add a charset to text, which this type does not have
  const body = Buffer.from(JSON.stringify({ ...problem, errors }))
  return reply.header('content-type', 'application/problem+json').send(body)
}
