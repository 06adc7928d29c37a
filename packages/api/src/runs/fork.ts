import { createRunResult, forkRunInput } from '@codex/protocol'
import { principalId } from '../context.ts'
import { procedure } from '../trpc.ts'

/** Makes a new run that takes everything before a step over from another one and does the rest differently. */
export const forkRun = procedure
  .input(forkRunInput)
  .output(createRunResult)
  .mutation(({ ctx, input }) => {
    const { idempotencyKey, ...fork } = input
    return ctx.orchestrator.fork(fork, { idempotencyKey, principal: principalId(ctx.principal) })
  })
