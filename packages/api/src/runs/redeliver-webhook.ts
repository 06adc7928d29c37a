import { redeliverWebhookInput, webhookDelivery } from '@codex/protocol'
import { procedure } from '../trpc.ts'

/** Tells a run's webhook once more; answers before the receiver does. */
export const redeliverWebhook = procedure
  .input(redeliverWebhookInput)
  .output(webhookDelivery)
  .mutation(({ ctx, input }) => ctx.orchestrator.redeliverWebhook(input.requestId, input.deliveryId))
