import { session, updateSessionInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Changes a session; runs that have begun keep what they began with. */
export const updateSession = procedure
  .input(updateSessionInput)
  .output(session)
  .mutation(({ ctx, input }) => ctx.orchestrator.updateSession(input))
