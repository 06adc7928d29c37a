import { createScheduleInput, schedule } from '@codex/protocol'
import { principalId } from '../context.ts'
import { procedure } from '../trpc.ts'

/** Makes a schedule; its request is checked now, as a submission would be. */
export const createSchedule = procedure
  .input(createScheduleInput)
  .output(schedule)
  .mutation(({ ctx, input }) => ctx.orchestrator.schedules.create(input, principalId(ctx.principal)))
