import { z } from 'zod'
import { requestedAgentName } from './agent-name.ts'
import { budgetLimits } from './budget.ts'
import { jsonObject } from './json.ts'
import { requestOptions } from './options.ts'
import { sessionPolicy } from './session-policy.ts'
import { after, deadline, priority } from './timing.ts'
import { webhookTarget } from './webhook.ts'

export const MAX_PROMPT_CHARACTERS = 100_000
export const MAX_SEQUENCE_LENGTH = 32

const repository = z
  .strictObject({
    url: z
      .url({ protocol: /^(https?|ssh|git|file)$/ })
      .max(2_048)
      .optional(),
    path: z.string().min(1).max(4_096).optional(),
    ref: z.string().min(1).max(256).optional(),
  })
  .refine((value) => (value.url === undefined) !== (value.path === undefined), {
    message: 'give either url or path, not both and not none',
  })

/** One request: what is to be built, by whom, under which limits. */
export const orchestrateRequest = z.strictObject({
  prompt: z.string().trim().min(1).max(MAX_PROMPT_CHARACTERS).describe('What is to be done, 1..100,000 characters'),
  context: jsonObject.optional().describe('Facts for the agents, such as language and framework'),
  agentSequence: z
    .array(requestedAgentName)
    .min(1)
    .max(MAX_SEQUENCE_LENGTH)
    .optional()
    .describe('Agents in order; default: spec, code, reviewer, test_generator'),
  workflow: z.string().min(1).max(64).optional().describe('A named workflow instead of an agent sequence'),
  options: requestOptions.optional(),
  sessionId: z.uuid().optional(),
  sessionPolicy: sessionPolicy
    .optional()
    .describe("What this request does while a run of its session goes on; default: the session's own policy"),
  priority: priority.optional(),
  after: after.optional(),
  deadline: deadline.optional(),
  repository: repository.optional(),
  budget: budgetLimits.optional(),
  metadata: z.record(z.string().max(64), z.string().max(512)).optional().describe('Labels of the caller, searchable'),
  webhook: webhookTarget.optional(),
})
export type OrchestrateRequest = z.infer<typeof orchestrateRequest>
