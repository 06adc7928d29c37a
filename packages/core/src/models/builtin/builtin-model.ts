import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import { readConversation } from './conversation.ts'
import type { BuiltinReply } from './reply.ts'
import { respond } from './respond.ts'

/** It has no tokens, so it uses none. */
const NO_TOKENS: LanguageModelV4Usage = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
}

interface Turn {
  readonly content: LanguageModelV4Content[]
  readonly finishReason: LanguageModelV4FinishReason
}

/**
 * Makes the offline model `builtin:composer`: no key, no network, the same answer to the same messages. It composes
 * projects of a stated set out of building blocks, reviews by rules and reads logs; requests outside of its set end
 * with MODEL_CANNOT_SERVE, thrown by `doGenerate` and `doStream`.
 */
export function createBuiltinModel(): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'builtin',
    modelId: 'composer',
    supportedUrls: {},
    async doGenerate(options) {
      const { content, finishReason } = takeTurn(options)
      return { content, finishReason, usage: NO_TOKENS, warnings: [] }
    },
    async doStream(options) {
      return { stream: ReadableStream.from(streamParts(takeTurn(options))) }
    },
  }
}

function takeTurn(options: LanguageModelV4CallOptions): Turn {
  options.abortSignal?.throwIfAborted()
  const conversation = readConversation(options.prompt)
  return toTurn(respond(conversation), conversation.replies)
}

function toTurn(reply: BuiltinReply, turn: number): Turn {
  if (reply.kind === 'json') {
    return {
      content: [{ type: 'text', text: JSON.stringify(reply.value, null, 2) }],
      finishReason: { unified: 'stop', raw: undefined },
    }
  }
  return {
    content: reply.calls.map(({ name, input }, index) => ({
      type: 'tool-call',
      toolCallId: `builtin-${turn + 1}-${index + 1}`,
      toolName: name,
      input: JSON.stringify(input),
    })),
    finishReason: { unified: 'tool-calls', raw: undefined },
  }
}

function* streamParts({ content, finishReason }: Turn): Generator<LanguageModelV4StreamPart> {
  yield { type: 'stream-start', warnings: [] }
  for (const [index, part] of content.entries()) {
    if (part.type === 'text') {
      const id = `text-${index + 1}`
      yield { type: 'text-start', id }
      yield { type: 'text-delta', id, delta: part.text }
      yield { type: 'text-end', id }
    } else if (part.type === 'tool-call') {
      yield { type: 'tool-input-start', id: part.toolCallId, toolName: part.toolName }
      yield { type: 'tool-input-delta', id: part.toolCallId, delta: part.input }
      yield { type: 'tool-input-end', id: part.toolCallId }
      yield part
    }
  }
  yield { type: 'finish', finishReason, usage: NO_TOKENS }
}
