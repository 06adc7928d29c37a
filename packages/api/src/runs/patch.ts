import { runIdInput } from '@codex/protocol'
import { z } from 'zod'
import { procedure } from '../trpc.ts'

/** Answers the unified diff of what a run changed. */
export const getPatch = procedure
  .input(runIdInput)
  .output(z.string())
  .query(({ ctx, input }) => ctx.orchestrator.patch(input.requestId))
