import { runIdInput, webhookDeliveryList } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Answers what was and will be told to a run's webhook. */
export const listWebhooks = procedure
  .input(runIdInput)
  .output(webhookDeliveryList)
  .query(async ({ ctx, input }) => ({ deliveries: [...(await ctx.orchestrator.webhooks(input.requestId))] }))
