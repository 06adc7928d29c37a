import { z } from 'zod'
import { orchestrateRequest } from '../orchestrate-request.ts'
import { runIdInput } from './run-inputs.ts'
import { idempotencyKey } from './submit.ts'

const { prompt, context, options, agentSequence } = orchestrateRequest.shape

/** A run that goes on from the first step that a failed or cancelled one did not complete. */
export const retryRunInput = runIdInput.extend({ idempotencyKey: idempotencyKey.optional() })
export type RetryRunInput = z.infer<typeof retryRunInput>

/** What a fork does differently from `fromStep` on; what is left out stays as it was. */
export const forkOverrides = z.strictObject({
  prompt: prompt.optional(),
  context: context.describe('Replaces the context as a whole'),
  options: options.describe('Each option that is given replaces the one of the run, such as model or models'),
  agentSequence: agentSequence.describe('Agents from from_step on, instead of those that were planned'),
})
export type ForkOverrides = z.infer<typeof forkOverrides>

/** A run that takes everything before a step over from another one and does the rest anew. */
export const forkRunInput = retryRunInput.extend({
  fromStep: z
    .string()
    .min(1)
    .max(100)
    .describe('Id of a step of the run, such as "code", "reviewer", "code.fix1", "verify" or "verify.fix1"'),
  overrides: forkOverrides.optional(),
})
export type ForkRunInput = z.infer<typeof forkRunInput>
