import { hasSeenEverything } from '@codex/api'
import {
  CodexError,
  listEventsInput,
  MAX_EVENTS_PER_PAGE,
  runEvent,
  runIdInput,
  toWire,
  toWireSchema,
} from '@codex/protocol'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { streamEvents } from './event-stream.ts'
import { problemResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const params = z.object({ id: runIdInput.shape.requestId })
const query = z.strictObject({ after: listEventsInput.shape.after, limit: listEventsInput.shape.limit })
const eventPage = z.object({
  events: z.array(runEvent),
  nextAfter: z.number().int().nonnegative().describe('`after` of the next page'),
})

/** `GET /api/orchestrate/{id}/events`: a stream for who listens, a page for who asks for JSON. */
export function registerEvents(app: RestApp, options: RestOptions): void {
  const { orchestrator, shutdownSignal, heartbeatMs, callerFor } = options
  app.get(
    '/api/orchestrate/:id/events',
    {
      schema: {
        tags: ['runs'],
        operationId: 'watchRun',
        summary: 'Events of a run as they happen',
        description:
          'Server-sent events: `id` is the sequence number, `event` the type, `data` the event as JSON. A client that ' +
          'reconnects with `Last-Event-ID` goes on without gap or repeat; the stream ends after the terminal event, ' +
          'and 204 tells a client that has seen it to stop. With `Accept: application/json` one page of what is stored.',
        params,
        querystring: query,
        response: {
          200: {
            description: 'Events after `Last-Event-ID` or `after`',
            content: {
              'text/event-stream': { schema: z.string() },
              'application/json': { schema: toWireSchema(eventPage) },
            },
          },
          204: z.undefined().describe('The run has ended and there is nothing after that event'),
          default: problemResponse,
        },
      },
    },
    async (request, reply) => {
      const requestId = request.params.id
      const { after: queryAfter = 0, limit = MAX_EVENTS_PER_PAGE } = request.query
      const after = lastEventId(request) ?? queryAfter
      if (prefersJson(request)) {
        const events = await callerFor(request).runs.events({ requestId, after, limit })
        return toWire(eventPage, { events, nextAfter: events.at(-1)?.seq ?? after })
      }
      if (await hasSeenEverything(orchestrator, { requestId, after })) return reply.code(204).send()
      await streamEvents(request, reply, {
        watch: (signal) => orchestrator.watch(requestId, { after, signal }),
        shutdownSignal,
        heartbeatMs,
      })
      return reply
    },
  )
}

/** @throws CodexError INVALID_REQUEST when the header is not an id that this stream gave out */
function lastEventId(request: FastifyRequest): number | undefined {
  const header = request.headers['last-event-id']
  if (header === undefined || header === '') return undefined
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header)
  const message = 'must be the id of an event, a number'
  throw new CodexError('INVALID_REQUEST', `Last-Event-ID: ${message}`, { issues: [{ path: 'Last-Event-ID', message }] })
}

/** The stream is the default, so that `curl -N` just works. */
function prefersJson(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? ''
  return accept.includes('application/json') && !accept.includes('text/event-stream')
}
