import { CodexError, type RunEvent, watchRunInput } from '@codex/protocol'
import { type TrackedEnvelope, tracked } from '@trpc/server'
import { toTrpcError } from '../errors/to-trpc-error.ts'
import { procedure } from '../trpc.ts'
import { hasSeenEverything } from './has-seen-everything.ts'
import { trackedEvents } from './tracked-events.ts'

/**
 * Streams the events of a run until its terminal one. Ids are sequence numbers, so that a client that reconnects
 * with the last one it saw goes on without gap or repeat.
 */
export const watchRun = procedure
  .input(watchRunInput)
  .output(trackedEvents)
  .subscription(async function* ({ ctx, input, signal }): AsyncGenerator<TrackedEnvelope<RunEvent>, void, undefined> {
    const after = input.lastEventId == null ? (input.after ?? 0) : Number(input.lastEventId)
    try {
      if (await hasSeenEverything(ctx.orchestrator, { requestId: input.requestId, after })) return
      const events = ctx.orchestrator.watch(input.requestId, { after, ...(signal === undefined ? {} : { signal }) })
      for await (const event of events) yield tracked(String(event.seq), event)
    } catch (error) {
      // thrown inside a running stream, where no middleware stands any more
      throw CodexError.isInstance(error) ? toTrpcError(error) : error
    }
  })
