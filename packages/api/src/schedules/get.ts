import { schedule, scheduleIdInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

export const getSchedule = procedure
  .input(scheduleIdInput)
  .output(schedule)
  .query(({ ctx, input }) => ctx.orchestrator.schedules.get(input.id))
