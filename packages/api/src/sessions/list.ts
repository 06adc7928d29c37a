import { listSessionsInput, session } from '@codex/protocol'
import { z } from 'zod'
import { procedure } from '../trpc.ts'

export const listSessions = procedure
  .input(listSessionsInput)
  .output(z.array(session))
  .query(async ({ ctx, input }) => [...(await ctx.orchestrator.listSessions(input))])
