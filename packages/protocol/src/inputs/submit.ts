import { z } from 'zod'
import { orchestrateRequest } from '../orchestrate-request.ts'

/** Printable ASCII, so that a key is the same in a header and in JSON. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1..255 printable ASCII characters without spaces')
  .describe('Same key and same request: the same run')

/** Longest wait that a caller may ask for in one call, seconds; the server's own limit may be lower. */
export const MAX_WAIT_S = 86_400

/** A request to be queued; the call returns as soon as the run is durable. */
export const createRunInput = orchestrateRequest.extend({ idempotencyKey: idempotencyKey.optional() })
export type CreateRunInput = z.infer<typeof createRunInput>

export const createRunResult = z.object({
  requestId: z.uuid(),
  created: z.boolean().describe('False when the idempotency key found an earlier run'),
})
export type CreateRunResult = z.infer<typeof createRunResult>

/** A request to be waited for. */
export const orchestrateInput = createRunInput.extend({
  waitS: z.number().min(0).max(MAX_WAIT_S).optional().describe('Answer after so many seconds, ended or not'),
  onDisconnect: z
    .enum(['continue', 'cancel'])
    .optional()
    .describe('What happens to the run when the caller goes away, default "continue"'),
})
export type OrchestrateInput = z.infer<typeof orchestrateInput>
