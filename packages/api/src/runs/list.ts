import { listRunsInput, runPage } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Answers a page of history, newest first. */
export const listRuns = procedure
  .input(listRunsInput)
  .output(runPage)
  .query(({ ctx, input }) => ctx.orchestrator.list(input))
