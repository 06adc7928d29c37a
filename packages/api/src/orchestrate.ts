import { orchestrateInput, run } from '@codex/protocol'
import { principalId } from './context.ts'
import { waitForRun } from './runs/wait-for-run.ts'
import { procedure } from './trpc.ts'

/** Queues a run and answers when it has ended, begins to wait for somebody, or the wait is over; `status` tells which. */
export const orchestrate = procedure
  .input(orchestrateInput)
  .output(run)
  .mutation(async ({ ctx, input, signal }) => {
    const { idempotencyKey, waitS, onDisconnect, ...request } = input
    const { requestId } = await ctx.orchestrator.submit(request, {
      idempotencyKey,
      principal: principalId(ctx.principal),
    })
    const waitMs = waitS === undefined ? ctx.limits.maxWaitMs : waitS * 1_000
    try {
      return await waitForRun(ctx, requestId, { waitMs, signal })
    } finally {
      if (onDisconnect === 'cancel' && signal?.aborted === true) {
        await ctx.orchestrator.cancel(requestId, 'the client disconnected')
      }
    }
  })
