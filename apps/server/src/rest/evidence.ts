import { dsseEnvelope, evidenceCheck, evidenceKey, runIdInput, toWire, toWireSchema } from '@codex/protocol'
import { z } from 'zod'
import { jsonResponse, problemResponse, standardResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const params = z.object({ id: runIdInput.shape.requestId })
const query = z.strictObject({
  verify: z
    .enum(['true', 'false'])
    .optional()
    .describe('true: what the server says of the statement, not the statement'),
})
const keyList = z.object({ keys: z.array(evidenceKey) })

/** Signed statements about runs, and the keys to check them with. */
export function registerEvidence(app: RestApp, { callerFor }: RestOptions): void {
  app.get(
    '/api/orchestrate/:id/evidence',
    {
      schema: {
        tags: ['runs'],
        operationId: 'getEvidence',
        summary: 'The signed statement about a run that has ended',
        description:
          'An in-toto statement in a DSSE envelope, signed with Ed25519. The envelope and the statement have the field ' +
          'names of these standards (`payloadType`, `_type`, …), not the snake_case of this API; digests of artifacts and ' +
          'of the verification are over their form in the SDK (camelCase). With `verify=true` the server checks the ' +
          'signature and holds the statement against what it would serve now. 409 while the run goes on.',
        params,
        querystring: query,
        response: {
          200: standardResponse(
            z.union([dsseEnvelope, toWireSchema(evidenceCheck)]),
            'The envelope; with `verify=true` the outcome of the check',
          ),
          default: problemResponse,
        },
      },
    },
    async (request) => {
      const requestId = request.params.id
      const caller = callerFor(request)
      if (request.query.verify === 'true') return toWire(evidenceCheck, await caller.evidence.check({ requestId }))
      return await caller.runs.evidence({ requestId })
    },
  )

  app.get(
    '/api/evidence/keys',
    {
      schema: {
        tags: ['system'],
        operationId: 'listEvidenceKeys',
        summary: 'Public keys that statements were signed with at any time, newest first',
        response: { 200: jsonResponse(keyList, 'The keys'), default: problemResponse },
      },
    },
    async (request) => toWire(keyList, { keys: await callerFor(request).evidence.keys() }),
  )
}
