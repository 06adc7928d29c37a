import { schedule, scheduleIdInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Lets a paused schedule submit again from its next time on. */
export const resumeSchedule = procedure
  .input(scheduleIdInput)
  .output(schedule)
  .mutation(({ ctx, input }) => ctx.orchestrator.schedules.setPaused(input.id, false))
