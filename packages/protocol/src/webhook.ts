import { z } from 'zod'
import { EVENT_TYPES } from './event.ts'

/** Events that a webhook can be told of. */
export const WEBHOOK_EVENTS = ['run.completed', 'run.failed', 'run.cancelled', 'run.waiting'] as const

/** Where a run's end is told to, by Standard Webhooks. */
export const webhookTarget = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_048)
      .describe('Receives a signed POST for each event'),
    events: z
      .array(z.enum(WEBHOOK_EVENTS))
      .min(1)
      .max(WEBHOOK_EVENTS.length)
      .optional()
      .describe('Which events are told; default: all of them'),
  })
  .describe('Whom to tell of the end of the run')

export const WEBHOOK_STATUSES = ['pending', 'delivered', 'failed'] as const

/** One message to a webhook, over all of its tries. */
export const webhookDelivery = z.object({
  id: z.string().describe('The message id (webhook-id), the same for every try'),
  type: z.enum(EVENT_TYPES).describe('Type of the event that it tells of'),
  seq: z.number().int().positive().describe('Number of that event within the run'),
  url: z.string(),
  status: z.enum(WEBHOOK_STATUSES).describe('"pending" until it is delivered or given up'),
  tries: z.number().int().nonnegative(),
  lastError: z.string().nullable().describe('Why the last try failed'),
  createdAt: z.date(),
  endedAt: z.date().nullable(),
})
export type WebhookDelivery = z.infer<typeof webhookDelivery>

/** What was and will be told of one run. */
export const webhookDeliveryList = z.object({ deliveries: z.array(webhookDelivery) })
export type WebhookDeliveryList = z.infer<typeof webhookDeliveryList>
