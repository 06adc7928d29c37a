import { listSessionRunsInput, runPage } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Answers one page of a session's runs, in order. */
export const listSessionRuns = procedure
  .input(listSessionRunsInput)
  .output(runPage)
  .query(({ ctx, input }) => ctx.orchestrator.sessionRuns(input))
