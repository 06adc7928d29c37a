import { createRunInput, createRunResult } from '@codex/protocol'
import { principalId } from '../context.ts'
import { procedure } from '../trpc.ts'

/** Queues a run and answers as soon as it is durable. */
export const createRun = procedure
  .input(createRunInput)
  .output(createRunResult)
  .mutation(({ ctx, input }) => {
    const { idempotencyKey, ...request } = input
    return ctx.orchestrator.submit(request, { idempotencyKey, principal: principalId(ctx.principal) })
  })
