import {
  fromWire,
  idempotencyKey,
  type OrchestrateRequest,
  orchestrateRequest,
  type Run,
  run,
  TERMINAL_STATUSES,
  toWire,
  toWireSchema,
} from '@codex/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Preferences, parsePrefer } from './prefer.ts'
import { readIdempotencyKey } from './read-idempotency-key.ts'
import { jsonResponse, problemResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const query = z.strictObject({
  on_disconnect: z
    .enum(['continue', 'cancel'])
    .optional()
    .describe('What happens to the run when the client goes away while it waits, default "continue"'),
})

/** `POST /api/orchestrate`: queue a run, and wait for it unless the client prefers not to. */
export function registerOrchestrate(app: RestApp, { limits, callerFor }: RestOptions): void {
  app.post(
    '/api/orchestrate',
    {
      schema: {
        tags: ['runs'],
        operationId: 'orchestrate',
        summary: 'Start a run and wait for its end',
        description:
          'Answers 200 when the run has ended, also when it failed (`status` tells), and 202 with `Location` when the ' +
          'wait is over before, or when the run waits for somebody (`status` is "waiting"). `Prefer: respond-async` answers at once, `Prefer: wait=N` after N seconds at the ' +
          'latest. The same `Idempotency-Key` with the same body finds the same run; with another body it is a 422.',
        body: toWireSchema(orchestrateRequest),
        querystring: query,
        headers: z.object({
          prefer: z.string().optional().describe('respond-async, wait=N (RFC 7240)'),
          'idempotency-key': idempotencyKey.optional(),
        }),
        response: {
          200: jsonResponse(run, 'The run has ended'),
          202: jsonResponse(run, 'The run goes on or waits; `Location` tells where'),
          default: problemResponse,
        },
      },
    },
    async (request, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => {
        if (!reply.raw.writableEnded) gone.abort()
      })
      const preferences = parsePrefer(request.headers.prefer)
      const caller = callerFor(request, gone.signal)
      const onDisconnect = request.query.on_disconnect
      const waitS = preferences.waitS ?? (preferences.respondAsync ? 0 : undefined)
      const maxWaitS = limits.maxWaitMs / 1_000
      const result = await caller.orchestrate({
        ...readRequest(request),
        ...(waitS === undefined ? {} : { waitS: Math.min(waitS, maxWaitS) }),
        ...(onDisconnect === undefined ? {} : { onDisconnect }),
      })
      return answer(reply, result, preferences)
    },
  )
}

function readRequest(request: FastifyRequest): OrchestrateRequest & { idempotencyKey?: string } {
  // the body has passed the REST form of this schema, and the procedure validates it once more
  const body = fromWire(orchestrateRequest, request.body) as OrchestrateRequest
  return { ...body, ...readIdempotencyKey(request) }
}

function answer(reply: FastifyReply, result: Run, preferences: Preferences): FastifyReply {
  const applied: string[] = []
  if (TERMINAL_STATUSES.has(result.status)) {
    reply.code(200)
  } else {
    reply.code(202).header('location', `/api/orchestrate/${result.requestId}`)
    if (preferences.respondAsync) applied.push('respond-async')
  }
  if (preferences.waitS !== undefined) applied.push(`wait=${preferences.waitS}`)
  if (applied.length > 0) reply.header('preference-applied', applied.join(', '))
  return reply.send(toWire(run, result))
}
