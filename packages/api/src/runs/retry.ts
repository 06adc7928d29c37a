import { createRunResult, retryRunInput } from '@codex/protocol'
import { principalId } from '../context.ts'
import { procedure } from '../trpc.ts'

/** Makes a new run that goes on from the first step which a failed or cancelled one did not complete. */
export const retryRun = procedure
  .input(retryRunInput)
  .output(createRunResult)
  .mutation(({ ctx, input }) => {
    const { requestId, idempotencyKey } = input
    return ctx.orchestrator.retry(requestId, { idempotencyKey, principal: principalId(ctx.principal) })
  })
