import { scheduleIdInput } from '@codex/protocol'
import { z } from 'zod'
import { procedure } from '../trpc.ts'

/** Removes a schedule; its runs stay. */
export const removeSchedule = procedure
  .input(scheduleIdInput)
  .output(z.null())
  .mutation(async ({ ctx, input }) => {
    await ctx.orchestrator.schedules.remove(input.id)
    return null
  })
