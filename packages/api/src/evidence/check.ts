import { evidenceCheck, runIdInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Holds a run's signed statement against what the service would serve now. */
export const checkEvidence = procedure
  .input(runIdInput)
  .output(evidenceCheck)
  .query(({ ctx, input }) => ctx.orchestrator.checkEvidence(input.requestId))
