import { sessionDetails, sessionIdInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Answers a session with the first page of its runs. */
export const getSession = procedure
  .input(sessionIdInput)
  .output(sessionDetails)
  .query(({ ctx, input }) => ctx.orchestrator.getSession(input.id))
