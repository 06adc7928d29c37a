import { session, sessionIdInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Archives a session; its runs stay readable. */
export const archiveSession = procedure
  .input(sessionIdInput)
  .output(session)
  .mutation(({ ctx, input }) => ctx.orchestrator.archiveSession(input.id))
