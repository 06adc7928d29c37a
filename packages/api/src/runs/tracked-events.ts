import { type RunEvent, runEvent } from '@codex/protocol'
import { isTrackedEnvelope, type TrackedEnvelope } from '@trpc/server'

/**
 * Output schema of a stream of events: every event is checked as it passes, like the output of any other procedure.
 * @throws TypeError when the value is not a stream of tracked values, ZodError when an event is malformed
 */
export async function* trackedEvents(stream: unknown): AsyncGenerator<TrackedEnvelope<RunEvent>, void, undefined> {
  if (!isAsyncIterable(stream)) throw new TypeError('a subscription must return an async iterable')
  for await (const envelope of stream) {
    if (!isTrackedEnvelope(envelope)) throw new TypeError('a subscription must yield tracked events')
    runEvent.parse(envelope[1])
    yield envelope as TrackedEnvelope<RunEvent> // checked in the line above
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
