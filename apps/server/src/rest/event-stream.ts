import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type RunEvent, runEvent, toWire } from '@codex/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface EventStreamOptions {
  readonly watch: (signal: AbortSignal) => AsyncIterable<RunEvent>
  readonly shutdownSignal: AbortSignal
  readonly heartbeatMs: number
}

const RECONNECT_AFTER_MS = 1_000

/**
 * Writes events to a client as they come, straight to the socket: a tenth of the cost of a stream of objects. A slow
 * client is waited for, one that has gone ends the watch, and an error cuts the connection, so that the client comes
 * back instead of taking it for the end.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function streamEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  { watch, shutdownSignal, heartbeatMs }: EventStreamOptions,
): Promise<void> {
  const gone = new AbortController()
  const response = openStream(reply)
  response.once('close', () => gone.abort())
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': heartbeat\n\n')
  }, heartbeatMs)
  const stop = AbortSignal.any([gone.signal, shutdownSignal])
  try {
    for await (const event of watch(stop)) {
      if (stop.aborted) break
      if (!response.write(renderEvent(event))) await once(response, 'drain', { signal: stop })
    }
    response.end()
  } catch (error) {
    if (stop.aborted) {
      response.end()
    } else {
      request.log.error({ err: error }, 'event stream broke')
      response.destroy()
    }
  } finally {
    clearInterval(heartbeat)
  }
}

function openStream(reply: FastifyReply): ServerResponse {
  reply.hijack()
  const response = reply.raw
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) response.setHeader(name, value)
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // a proxy that collects the answer would hold the events back
    'x-accel-buffering': 'no',
  })
  response.write(`retry: ${RECONNECT_AFTER_MS}\n\n`)
  return response
}

/** All watchers of a run on this node are handed the same objects, so each is rendered once. */
const rendered = new WeakMap<RunEvent, string>()

function renderEvent(event: RunEvent): string {
  const known = rendered.get(event)
  if (known !== undefined) return known
  const text = `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(toWire(runEvent, event))}\n\n`
  rendered.set(event, text)
  return text
}
