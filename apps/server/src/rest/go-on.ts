import {
  type CreateRunResult,
  createRunResult,
  forkRunInput,
  fromWire,
  idempotencyKey,
  runIdInput,
  toWire,
  toWireSchema,
} from '@codex/protocol'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { readIdempotencyKey } from './read-idempotency-key.ts'
import { jsonResponse, problemResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const params = z.object({ id: runIdInput.shape.requestId })
const headers = z.object({ 'idempotency-key': idempotencyKey.optional() })
const forkBody = forkRunInput.omit({ requestId: true, idempotencyKey: true })

/** Runs that go on from others: retry and fork. */
export function registerGoOn(app: RestApp, { callerFor }: RestOptions): void {
  app.post(
    '/api/orchestrate/:id/retry',
    {
      schema: {
        tags: ['runs'],
        operationId: 'retryRun',
        summary: 'Go on with a failed or cancelled run from the step that did not complete, as a new run',
        description:
          'What was finished is taken over and not paid again. 409 for a run that completed (fork it) or goes on; one ' +
          'that nobody executes although it goes on is freed in place, and the answer names it.',
        params,
        headers,
        response: { 202: jsonResponse(createRunResult, 'The run; `Location` tells where'), default: problemResponse },
      },
    },
    async (request, reply) => {
      const requestId = request.params.id
      return accept(reply, await callerFor(request).runs.retry({ requestId, ...readIdempotencyKey(request) }))
    },
  )

  app.post(
    '/api/orchestrate/:id/fork',
    {
      schema: {
        tags: ['runs'],
        operationId: 'forkRun',
        summary: 'Do a run differently from a step on, as a new run that takes the steps before over',
        params,
        headers,
        body: toWireSchema(forkBody),
        response: { 202: jsonResponse(createRunResult, 'The run; `Location` tells where'), default: problemResponse },
      },
    },
    async (request, reply) => {
      // the body has passed the REST form of this schema, and the procedure validates it once more
      const body = fromWire(forkBody, request.body) as z.infer<typeof forkBody>
      const input = { ...body, requestId: request.params.id, ...readIdempotencyKey(request) }
      return accept(reply, await callerFor(request).runs.fork(input))
    },
  )
}

function accept(reply: FastifyReply, result: CreateRunResult): FastifyReply {
  return reply
    .code(202)
    .header('location', `/api/orchestrate/${result.requestId}`)
    .send(toWire(createRunResult, result))
}
