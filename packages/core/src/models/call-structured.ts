import { CodexError, type ErrorIssue } from '@codex/protocol'
import type { z } from 'zod'
import { describeIssues } from './calling/describe-invalid-input.ts'
import { extractJson } from './calling/extract-json.ts'
import { schemaForModel } from './calling/schema-for-model.ts'
import type { ModelReply } from './model-service.ts'

/** The parts of a request that a structured call reads; the rest passes through to `call`. */
type StructuredRequest = { readonly messages: ModelReply['messages']; readonly outputSchema?: z.ZodType }

export interface StructuredAnswer<T> {
  readonly value: T
  /** The reply that was accepted, its messages not yet in the conversation. */
  readonly reply: ModelReply
  /** The conversation up to and including the accepted answer. */
  readonly messages: ModelReply['messages']
  /** Answers that had to be sent back. */
  readonly repairs: number
}

/** Longest schema that a repair repeats; beyond that the issues alone must do. */
const MAX_SCHEMA_CHARACTERS = 8_000

/**
 * Asks for one value of a schema and sends an answer that breaks it back with the validator's words.
 * @param call makes one model call; each is paid for and journaled by whoever provides it
 * @param request without `outputSchema`, which is added; an answer with tool calls is not meant to come
 * @param options.maxRepairs answers that are sent back before giving up
 * @throws CodexError MODEL_OUTPUT_INVALID with the last answer's issues; whatever `call` throws
 */
export async function callStructured<Request extends StructuredRequest, T>(
  call: (request: Request) => Promise<ModelReply>,
  request: Request,
  schema: z.ZodType<T>,
  { maxRepairs = 2 }: { readonly maxRepairs?: number } = {},
): Promise<StructuredAnswer<T>> {
  let messages = request.messages
  for (let repairs = 0; ; repairs += 1) {
    const reply = await call({ ...request, messages, outputSchema: schema })
    const checked = await check(reply, schema)
    if ('value' in checked) {
      return { value: checked.value, reply, messages: [...messages, ...reply.messages], repairs }
    }
    if (repairs >= maxRepairs) {
      throw new CodexError(
        'MODEL_OUTPUT_INVALID',
        `${reply.modelId} did not give the asked JSON in ${repairs + 1} answers: ${checked.issues[0]?.message ?? checked.problem}`,
        { issues: checked.issues, data: { modelId: reply.modelId, answers: repairs + 1 } },
      )
    }
    messages = [...messages, ...reply.messages, { role: 'user', content: await repairRequest(checked.problem, schema) }]
  }
}

type Checked<T> = { readonly value: T } | { readonly problem: string; readonly issues: readonly ErrorIssue[] }

async function check<T>(reply: ModelReply, schema: z.ZodType<T>): Promise<Checked<T>> {
  const extracted = extractJson(reply.text)
  if ('problem' in extracted) {
    const problem =
      reply.finishReason === 'length'
        ? 'The answer was cut at the output limit. Give a shorter one that is complete.'
        : extracted.problem
    return { problem, issues: [{ path: '', message: problem }] }
  }
  const parsed = await schema.safeParseAsync(extracted.value)
  if (parsed.success) return { value: parsed.data }
  return {
    problem: `The JSON does not fit the schema:\n${describeIssues(parsed.error)}`,
    issues: parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  }
}

async function repairRequest(problem: string, schema: z.ZodType): Promise<string> {
  const json = JSON.stringify(await schemaForModel(schema).json)
  const reminder = json.length > MAX_SCHEMA_CHARACTERS ? '' : `\n\nThe schema:\n${json}`
  return `${problem}${reminder}\n\nAnswer with the corrected JSON value alone, complete and without a code fence.`
}
