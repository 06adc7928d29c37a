import {
  cancelRunInput,
  fromWire,
  listRunsInput,
  removedRun,
  resumeRunInput,
  run,
  runFileInput,
  runIdInput,
  runPage,
  toWire,
  toWireSchema,
} from '@codex/protocol'
import { z } from 'zod'
import { jsonResponse, problemResponse, textResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const params = z.object({ id: runIdInput.shape.requestId })
const fileParams = z.object({ id: runIdInput.shape.requestId, '*': runFileInput.shape.path })
const cancelBody = z.strictObject({ reason: cancelRunInput.shape.reason }).nullish()
const resumeBody = resumeRunInput.omit({ requestId: true }).nullish()

/** What generated code may not do when a browser shows it. */
const INERT = { 'x-content-type-options': 'nosniff', 'content-security-policy': "sandbox; default-src 'none'" }

/** Everything under `/api/orchestrate` but the start of a run and its events. */
export function registerRuns(app: RestApp, { callerFor }: RestOptions): void {
  app.get(
    '/api/orchestrate',
    {
      schema: {
        tags: ['runs'],
        operationId: 'listRuns',
        summary: 'History of runs, newest first',
        querystring: toWireSchema(listRunsInput),
        response: { 200: jsonResponse(runPage, 'One page'), default: problemResponse },
      },
    },
    async (request) => {
      const input = listRunsInput.parse(fromWire(listRunsInput, request.query))
      return toWire(runPage, await callerFor(request).runs.list(input))
    },
  )

  app.get(
    '/api/orchestrate/:id',
    {
      schema: {
        tags: ['runs'],
        operationId: 'getRun',
        summary: 'One run with everything that it made until now',
        params,
        response: { 200: jsonResponse(run, 'The run'), default: problemResponse },
      },
    },
    async (request) => {
      const requestId = request.params.id
      return toWire(run, await callerFor(request).runs.get({ requestId }))
    },
  )

  app.delete(
    '/api/orchestrate/:id',
    {
      schema: {
        tags: ['runs'],
        operationId: 'removeRun',
        summary: 'Remove a run that has ended, with its files and its evidence',
        description: '409 while it goes on, and while a run that goes on needs it (session, retry, fork).',
        params,
        response: { 200: jsonResponse(removedRun, 'It is gone'), default: problemResponse },
      },
    },
    async (request) => {
      const requestId = request.params.id
      return toWire(removedRun, await callerFor(request).runs.remove({ requestId }))
    },
  )

  app.post(
    '/api/orchestrate/:id/cancel',
    {
      schema: {
        tags: ['runs'],
        operationId: 'cancelRun',
        summary: 'Cancel a run; answers when its processes are dead',
        params,
        body: cancelBody,
        response: { 200: jsonResponse(run, 'The run as it ended'), default: problemResponse },
      },
    },
    async (request) => {
      const requestId = request.params.id
      const reason = request.body?.reason
      return toWire(
        run,
        await callerFor(request).runs.cancel({ requestId, ...(reason === undefined ? {} : { reason }) }),
      )
    },
  )

  app.post(
    '/api/orchestrate/:id/resume',
    {
      schema: {
        tags: ['runs'],
        operationId: 'resumeRun',
        summary: 'Queue a run that waits once more, with a higher budget',
        description:
          'Limits that are given replace those of the run, the others stay. 409 when the run does not wait, or when a ' +
          'limit would stop it again at once; the answer names what was used and the limit.',
        params,
        body: toWireSchema(resumeBody),
        response: { 200: jsonResponse(run, 'The run as it is queued'), default: problemResponse },
      },
    },
    async (request) => {
      const requestId = request.params.id
      const body = fromWire(resumeBody, request.body) as z.infer<typeof resumeBody> // has passed its REST form
      return toWire(run, await callerFor(request).runs.resume({ requestId, ...body }))
    },
  )

  app.get(
    '/api/orchestrate/:id/patch',
    {
      schema: {
        tags: ['runs'],
        operationId: 'getPatch',
        summary: 'Unified diff of what the run changed',
        params,
        response: {
          200: textResponse(z.string(), { type: 'text/x-diff', description: 'Empty when the run changed nothing' }),
          default: problemResponse,
        },
      },
    },
    async (request, reply) => {
      const requestId = request.params.id
      const patch = await callerFor(request).runs.patch({ requestId })
      return reply.headers(INERT).type('text/x-diff; charset=utf-8').send(patch)
    },
  )

  app.get(
    '/api/orchestrate/:id/files/*',
    {
      schema: {
        tags: ['runs'],
        operationId: 'getFile',
        summary: "One file of the run's head tree",
        params: fileParams,
        response: {
          200: textResponse(z.string(), { type: 'text/plain', description: 'The content, whatever its language' }),
          default: problemResponse,
        },
      },
    },
    async (request, reply) => {
      const { id, '*': path } = request.params
      const content = await callerFor(request).runs.file({ requestId: id, path })
      return reply.headers(INERT).type('text/plain; charset=utf-8').send(content)
    },
  )
}
