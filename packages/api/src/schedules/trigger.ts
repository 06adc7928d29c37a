import { createRunResult, scheduleIdInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Submits the request of a schedule now, also while it is paused. */
export const triggerSchedule = procedure
  .input(scheduleIdInput)
  .output(createRunResult)
  .mutation(({ ctx, input }) => ctx.orchestrator.schedules.trigger(input.id))
