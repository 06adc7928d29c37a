import { session, sessionIdInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

export const getSession = procedure
  .input(sessionIdInput)
  .output(session)
  .query(({ ctx, input }) => ctx.orchestrator.getSession(input.id))
