import { cancelRunInput, run } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Cancels a run and answers when its processes are dead; one that has ended stays as it is. */
export const cancelRun = procedure
  .input(cancelRunInput)
  .output(run)
  .mutation(({ ctx, input }) => ctx.orchestrator.cancel(input.requestId, input.reason))
