import { z } from 'zod'
import { budgetLimits } from '../budget.ts'

const requestId = z.uuid().describe("The run's request_id")
const after = z.number().int().nonnegative().describe('Only events with a higher seq; default 0')

export const MAX_EVENTS_PER_PAGE = 1_000

export const runIdInput = z.strictObject({ requestId })
export type RunIdInput = z.infer<typeof runIdInput>

export const cancelRunInput = z.strictObject({ requestId, reason: z.string().trim().min(1).max(500).optional() })
export type CancelRunInput = z.infer<typeof cancelRunInput>

export const resumeRunInput = z.strictObject({
  requestId,
  budget: budgetLimits.optional().describe("Replaces these of the run's own limits; the others stay"),
})
export type ResumeRunInput = z.infer<typeof resumeRunInput>

export const runFileInput = z.strictObject({
  requestId,
  path: z.string().min(1).max(4_096).describe("Path within the run's tree, with /"),
})
export type RunFileInput = z.infer<typeof runFileInput>

export const redeliverWebhookInput = z.strictObject({
  requestId,
  deliveryId: z.string().min(1).max(100).describe('Id of the delivery, as the list of deliveries gives it'),
})
export type RedeliverWebhookInput = z.infer<typeof redeliverWebhookInput>

export const listEventsInput = z.strictObject({
  requestId,
  after: after.optional(),
  limit: z.number().int().min(1).max(MAX_EVENTS_PER_PAGE).optional().describe('1..1000, default 1000'),
})
export type ListEventsInput = z.infer<typeof listEventsInput>

export const watchRunInput = z.strictObject({
  requestId,
  after: after.optional(),
  lastEventId: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the id of an event')
    .nullish()
    .describe('Set by the transport when it reconnects; wins over `after`'),
})
export type WatchRunInput = z.infer<typeof watchRunInput>
