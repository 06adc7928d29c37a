import { createSessionInput, listSessionsInput, session, sessionIdInput, toWire, toWireSchema } from '@codex/protocol'
import { z } from 'zod'
import { jsonResponse, problemResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const sessionList = z.object({ sessions: z.array(session) })
const createBody = createSessionInput.nullish()

/** Lines of work. */
export function registerSessions(app: RestApp, { callerFor }: RestOptions): void {
  app.get(
    '/api/sessions',
    {
      schema: {
        tags: ['sessions'],
        operationId: 'listSessions',
        summary: 'Sessions, newest first',
        querystring: toWireSchema(listSessionsInput),
        response: { 200: jsonResponse(sessionList, 'The sessions'), default: problemResponse },
      },
    },
    async (request) => {
      const input = listSessionsInput.parse(request.query)
      return toWire(sessionList, { sessions: await callerFor(request).sessions.list(input) })
    },
  )

  app.post(
    '/api/sessions',
    {
      schema: {
        tags: ['sessions'],
        operationId: 'createSession',
        summary: 'Begin a session',
        body: createBody,
        response: { 201: jsonResponse(session, 'The session'), default: problemResponse },
      },
    },
    async (request, reply) => {
      const created = await callerFor(request).sessions.create(request.body ?? {})
      return reply.code(201).header('location', `/api/sessions/${created.id}`).send(toWire(session, created))
    },
  )

  app.get(
    '/api/sessions/:id',
    {
      schema: {
        tags: ['sessions'],
        operationId: 'getSession',
        summary: 'One session',
        params: sessionIdInput,
        response: { 200: jsonResponse(session, 'The session'), default: problemResponse },
      },
    },
    async (request) => {
      const { id } = request.params
      return toWire(session, await callerFor(request).sessions.get({ id }))
    },
  )

  app.delete(
    '/api/sessions/:id',
    {
      schema: {
        tags: ['sessions'],
        operationId: 'archiveSession',
        summary: 'Archive a session; its runs stay readable',
        params: sessionIdInput,
        response: { 200: jsonResponse(session, 'The archived session'), default: problemResponse },
      },
    },
    async (request) => {
      const { id } = request.params
      return toWire(session, await callerFor(request).sessions.archive({ id }))
    },
  )
}
