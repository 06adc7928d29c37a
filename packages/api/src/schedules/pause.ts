import { schedule, scheduleIdInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Stops a schedule until it is resumed; runs that it submitted go on. */
export const pauseSchedule = procedure
  .input(scheduleIdInput)
  .output(schedule)
  .mutation(({ ctx, input }) => ctx.orchestrator.schedules.setPaused(input.id, true))
