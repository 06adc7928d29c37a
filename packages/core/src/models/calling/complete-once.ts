import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { Usage } from '@codex/protocol'
import { generateText, type LanguageModelUsage, type ModelMessage, type OutputInterface, tool } from 'ai'
import type { z } from 'zod'
import type { ModelRequest, ModelToolCall } from '../model-service.ts'
import type { ModelProvider } from '../provider.ts'
import { describeInvalidInput } from './describe-invalid-input.ts'
import { schemaForModel } from './schema-for-model.ts'

/** What one HTTP completion brought. */
export interface Completion {
  readonly text: string
  readonly toolCalls: readonly ModelToolCall[]
  readonly messages: readonly ModelMessage[]
  readonly finishReason: string
  readonly usage: LanguageModelUsage
  /** The provider's word for why the model or its filter declined; null when it did not. */
  readonly refusal: string | null
}

/**
 * Makes exactly one completion: no retries and no tool execution.
 * @param options.enforcesSchema whether the server makes the model keep to the asked schema; otherwise it is asked in words
 * @throws unknown whatever the provider or the network threw
 */
export async function completeOnce(
  model: LanguageModelV4,
  provider: ModelProvider,
  request: ModelRequest,
  { signal, enforcesSchema }: { readonly signal: AbortSignal; readonly enforcesSchema: boolean },
): Promise<Completion> {
  const { tools = {} } = request
  const outputSchema = enforcesSchema ? request.outputSchema : undefined
  const toolEntries = Object.entries(tools)
  const result = await generateText({
    model,
    instructions:
      request.outputSchema === undefined || enforcesSchema
        ? request.system
        : `${request.system}\n\n${await schemaInWords(request.outputSchema)}`,
    messages: [...request.messages],
    maxRetries: 0,
    abortSignal: signal,
    providerOptions: provider.callOptions({
      hasTools: toolEntries.length > 0,
      outputSchemaIsStrict: outputSchema === undefined ? false : await schemaForModel(outputSchema).isStrict,
    }),
    ...(toolEntries.length > 0 && {
      tools: Object.fromEntries(
        toolEntries.map(([name, { description, inputSchema }]) => [
          name,
          tool({ description, inputSchema: schemaForModel(inputSchema).schema }),
        ]),
      ),
    }),
    ...(outputSchema !== undefined && { output: jsonText(outputSchema) }),
    ...(request.maxOutputTokens !== undefined && { maxOutputTokens: request.maxOutputTokens }),
  })
  return {
    text: result.text,
    toolCalls: result.toolCalls.map((call) => ({
      id: call.toolCallId,
      name: call.toolName,
      ...(call.invalid === true
        ? { input: typeof call.input === 'string' ? null : call.input, invalidInput: describeInvalidInput(call.error) }
        : { input: call.input }),
    })),
    // The library answers invalid tool calls itself; here whoever runs the tools answers all of them.
    messages: result.response.messages.filter((message) => message.role === 'assistant'),
    finishReason: result.finishReason,
    usage: result.usage,
    refusal: result.finishReason === 'content-filter' ? (result.rawFinishReason ?? 'refusal') : null,
  }
}

/**
 * Asks for JSON of a schema but hands the text back as it came. The library's own output would throw away a paid
 * answer, with its messages, for a missing comma; validation and repair are `callStructured`'s.
 */
function jsonText(schema: z.ZodType): OutputInterface<string, string, never> {
  return {
    name: 'json-text',
    responseFormat: schemaForModel(schema).json.then((json) => ({ type: 'json', schema: json })),
    parseCompleteOutput: async ({ text }) => text,
    parsePartialOutput: async ({ text }) => ({ partial: text }),
    createElementStreamTransform: () => undefined,
  }
}

async function schemaInWords(schema: z.ZodType): Promise<string> {
  const json = JSON.stringify(await schemaForModel(schema).json)
  return `Answer with one JSON value of this schema, alone and without a code fence:\n${json}`
}

/** Tokens of one call in the wire's terms. */
export function toUsage(usage: LanguageModelUsage): Usage {
  const inputTokens = usage.inputTokens ?? 0
  const outputTokens = usage.outputTokens ?? 0
  return {
    inputTokens,
    outputTokens,
    totalTokens: usage.totalTokens ?? inputTokens + outputTokens,
    cachedInputTokens: usage.inputTokenDetails.cacheReadTokens ?? 0,
    modelCalls: 1,
  }
}
