import { createSessionInput, session } from '@codex/protocol'
import { procedure } from '../trpc.ts'

export const createSession = procedure
  .input(createSessionInput)
  .output(session)
  .mutation(({ ctx, input }) => ctx.orchestrator.createSession(input))
