import type { Readable } from 'node:stream'
import { importedRun, runIdInput, toWire } from '@codex/protocol'
import { z } from 'zod'
import { jsonResponse, problemResponse, textResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const FILE_TYPE = 'application/gzip'
const params = z.object({ id: runIdInput.shape.requestId })
const query = z.strictObject({
  trust_key: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the id of a key: a sha256 in hex')
    .optional()
    .describe('Id of a signing key that this server does not know and shall trust from now on'),
})

/** Runs as files. They are bytes and no JSON, so they pass by the procedures and go to the facade. */
export function registerPortable(app: RestApp, { orchestrator }: RestOptions): void {
  app.get(
    '/api/orchestrate/:id/export',
    {
      schema: {
        tags: ['runs'],
        operationId: 'exportRun',
        summary: 'A run that has ended as one file',
        description: 'Gzipped lines of JSON: the run, its steps, events, calls, artifacts, files and evidence.',
        params,
        response: {
          200: textResponse(z.string(), { type: FILE_TYPE, description: 'The file' }),
          default: problemResponse,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const file = await orchestrator.exportRun(id)
      return reply
        .type(FILE_TYPE)
        .header('content-disposition', `attachment; filename="codex-run-${id}.json.gz"`)
        .send(file)
    },
  )

  // a parser of its own, so that no other route takes such bodies
  void app.register(async (scope) => {
    scope.addContentTypeParser([FILE_TYPE, 'application/octet-stream'], (_request, payload, done) =>
      done(null, payload),
    )
    scope.post(
      '/api/runs/import',
      {
        schema: {
          tags: ['runs'],
          operationId: 'importRun',
          summary: 'Take in a run that was exported',
          description:
            'The body is the file, as `application/gzip`. The run is stored as one that has ended and is never executed here. ' +
            '403 when it is signed with a key that this server does not know, unless `trust_key` names it.',
          querystring: query,
          response: { 201: jsonResponse(importedRun, 'It is here now'), default: problemResponse },
        },
      },
      async (request, reply) => {
        const { trust_key: trustKey } = query.parse(request.query)
        const requestId = await orchestrator.importRun(request.body as Readable, { trustKey }) // by the parser above
        return reply
          .code(201)
          .header('location', `/api/orchestrate/${requestId}`)
          .send(toWire(importedRun, { requestId }))
      },
    )
  })
}
