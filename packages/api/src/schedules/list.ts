import { schedule } from '@codex/protocol'
import { z } from 'zod'
import { procedure } from '../trpc.ts'

/** Every schedule, newest first. */
export const listSchedules = procedure
  .output(z.array(schedule))
  .query(async ({ ctx }) => [...(await ctx.orchestrator.schedules.list())])
