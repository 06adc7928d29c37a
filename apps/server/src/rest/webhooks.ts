import { redeliverWebhookInput, runIdInput, toWire, webhookDelivery, webhookDeliveryList } from '@codex/protocol'
import { z } from 'zod'
import { jsonResponse, problemResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const params = z.object({ id: runIdInput.shape.requestId })
const deliveryParams = z.object({
  id: runIdInput.shape.requestId,
  delivery_id: redeliverWebhookInput.shape.deliveryId,
})

/** What was told to the webhook of a run, and telling it once more. */
export function registerWebhooks(app: RestApp, { callerFor }: RestOptions): void {
  app.get(
    '/api/orchestrate/:id/webhooks',
    {
      schema: {
        tags: ['runs'],
        operationId: 'listWebhooks',
        summary: "What was and will be told to the run's webhook, with tries and the last error",
        params,
        response: { 200: jsonResponse(webhookDeliveryList, 'In the order of the events'), default: problemResponse },
      },
    },
    async (request) => {
      const requestId = request.params.id
      return toWire(webhookDeliveryList, await callerFor(request).runs.webhooks({ requestId }))
    },
  )

  app.post(
    '/api/orchestrate/:id/webhooks/:delivery_id/redeliver',
    {
      schema: {
        tags: ['runs'],
        operationId: 'redeliverWebhook',
        summary: 'Tell the webhook once more, now, with the same message id',
        params: deliveryParams,
        response: { 200: jsonResponse(webhookDelivery, 'The delivery, pending again'), default: problemResponse },
      },
    },
    async (request) => {
      const { id: requestId, delivery_id: deliveryId } = request.params
      return toWire(webhookDelivery, await callerFor(request).runs.redeliverWebhook({ requestId, deliveryId }))
    },
  )
}
