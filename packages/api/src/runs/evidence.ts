import { dsseEnvelope, runIdInput } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Answers the signed statement about a run that has ended. */
export const getEvidence = procedure
  .input(runIdInput)
  .output(dsseEnvelope)
  .query(({ ctx, input }) => ctx.orchestrator.evidence(input.requestId))
