import { resumeRunInput, run } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Queues a run that waits once more, with its own limits raised where they are given. */
export const resumeRun = procedure
  .input(resumeRunInput)
  .output(run)
  .mutation(({ ctx, input }) => ctx.orchestrator.resume(input))
