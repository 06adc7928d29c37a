import { removedRun, runIdInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Removes a run that has ended, with everything of it. */
export const removeRun = procedure
  .input(runIdInput)
  .output(removedRun)
  .mutation(async ({ ctx, input }) => {
    await ctx.orchestrator.remove(input.requestId)
    return { requestId: input.requestId, removed: true as const }
  })
