import type { ModelMessage } from 'ai'
import { leaveOut } from './left-out.ts'

export interface ConversationLimits {
  /** Characters of JSON above which old tool results and inputs are shortened. */
  readonly maxCharacters: number
  /** Messages at the end that are never shortened. */
  readonly keepLast: number
}

/** About 100,000 tokens: fits every model that can hold a tool loop at all, with room for its answers. */
export const CONVERSATION_LIMITS: ConversationLimits = { maxCharacters: 350_000, keepLast: 8 }

/** Texts shorter than this stay; the placeholder would not be much shorter. */
const WORTH_SHORTENING = 400

/**
 * Keeps a conversation under its limit by taking long tool results and long tool inputs out, oldest first, until half
 * of the limit is reached: shortening rarely and much keeps the provider's prompt cache of the turns between.
 * The first message (the task) and what the model said stay. Same messages, same answer.
 */
export function shortenConversation(
  messages: readonly ModelMessage[],
  limits: ConversationLimits = CONVERSATION_LIMITS,
): readonly ModelMessage[] {
  let characters = JSON.stringify(messages).length
  if (characters <= limits.maxCharacters) return messages
  const shortened = [...messages]
  for (let index = 1; index < messages.length - limits.keepLast; index += 1) {
    if (characters <= limits.maxCharacters / 2) break
    const message = messages[index]
    if (message === undefined) continue
    const shorter = shortenMessage(message)
    characters -= JSON.stringify(message).length - JSON.stringify(shorter).length
    shortened[index] = shorter
  }
  return shortened
}

function shortenMessage(message: ModelMessage): ModelMessage {
  if (message.role === 'tool') {
    return {
      ...message,
      content: message.content.map((part) => {
        if (part.type !== 'tool-result' || (part.output.type !== 'text' && part.output.type !== 'error-text'))
          return part
        return { ...part, output: { ...part.output, value: shortenText(part.output.value) } }
      }),
    }
  }
  if (message.role !== 'assistant' || typeof message.content === 'string') return message
  return {
    ...message,
    content: message.content.map((part) =>
      part.type === 'tool-call' ? { ...part, input: shortenInput(part.input) } : part,
    ),
  }
}

function shortenInput(input: unknown): unknown {
  if (typeof input === 'string') return shortenText(input)
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [key, typeof value === 'string' ? shortenText(value) : value]),
  )
}

function shortenText(text: string): string {
  return text.length < WORTH_SHORTENING ? text : leaveOut(text)
}
