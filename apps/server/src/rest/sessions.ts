import {
  createSessionInput,
  fromWire,
  listSessionRunsInput,
  listSessionsInput,
  runPage,
  session,
  sessionDetails,
  sessionIdInput,
  toWire,
  toWireSchema,
  updateSessionInput,
} from '@codex/protocol'
import { z } from 'zod'
import { jsonResponse, problemResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const sessionList = z.object({ sessions: z.array(session) })
const createBody = createSessionInput.nullish()
const updateBody = updateSessionInput.omit({ id: true })
const runsQuery = listSessionRunsInput.omit({ id: true })

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
        body: toWireSchema(createBody),
        response: { 201: jsonResponse(session, 'The session'), default: problemResponse },
      },
    },
    async (request, reply) => {
      const input = createBody.parse(fromWire(createBody, request.body))
      const created = await callerFor(request).sessions.create(input ?? {})
      return reply.code(201).header('location', `/api/sessions/${created.id}`).send(toWire(session, created))
    },
  )

  app.get(
    '/api/sessions/:id',
    {
      schema: {
        tags: ['sessions'],
        operationId: 'getSession',
        summary: 'One session with the first page of its runs',
        params: sessionIdInput,
        response: { 200: jsonResponse(sessionDetails, 'The session'), default: problemResponse },
      },
    },
    async (request) => {
      const { id } = request.params
      return toWire(sessionDetails, await callerFor(request).sessions.get({ id }))
    },
  )

  app.get(
    '/api/sessions/:id/runs',
    {
      schema: {
        tags: ['sessions'],
        operationId: 'listSessionRuns',
        summary: 'Runs of a session, oldest first',
        params: sessionIdInput,
        querystring: toWireSchema(runsQuery),
        response: { 200: jsonResponse(runPage, 'One page'), default: problemResponse },
      },
    },
    async (request) => {
      const page = runsQuery.parse(fromWire(runsQuery, request.query))
      return toWire(runPage, await callerFor(request).sessions.runs({ ...page, id: request.params.id }))
    },
  )

  app.patch(
    '/api/sessions/:id',
    {
      schema: {
        tags: ['sessions'],
        operationId: 'updateSession',
        summary: 'Change a session; null takes a value away',
        params: sessionIdInput,
        body: toWireSchema(updateBody),
        response: { 200: jsonResponse(session, 'The session as it is now'), default: problemResponse },
      },
    },
    async (request) => {
      const changes = updateBody.parse(fromWire(updateBody, request.body))
      return toWire(session, await callerFor(request).sessions.update({ ...changes, id: request.params.id }))
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
