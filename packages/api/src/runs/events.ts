import { listEventsInput, MAX_EVENTS_PER_PAGE, runEvent } from '@codex/protocol'
import { z } from 'zod'
import { procedure } from '../trpc.ts'

/** Answers stored events after a sequence number, oldest first. */
export const listEvents = procedure
  .input(listEventsInput)
  .output(z.array(runEvent))
  .query(async ({ ctx, input }) => {
    const after = input.after ?? 0
    const events = await ctx.orchestrator.events(input.requestId, { after, limit: input.limit ?? MAX_EVENTS_PER_PAGE })
    return [...events]
  })
