import { run, runIdInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Answers a run with everything that it made until now. */
export const getRun = procedure
  .input(runIdInput)
  .output(run)
  .query(({ ctx, input }) => ctx.orchestrator.get(input.requestId))
