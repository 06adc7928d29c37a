import type { ModelMessage } from 'ai'
import type { ModelToolCall } from '../../models/model-service.ts'
import type { ToolOutcome } from '../tools/tool.ts'

/** One tool call and what it is answered with. */
export interface AnsweredCall {
  readonly call: ModelToolCall
  readonly outcome: ToolOutcome
}

/**
 * The message that answers a reply's tool calls, in their order. Calls that the reply's own messages answer already
 * (the AI SDK does so for input it could not read) are left out; null when nothing is left to answer.
 * @param note added to the last answer, such as how many turns are left
 */
export function toToolMessage(
  answered: readonly AnsweredCall[],
  replyMessages: readonly ModelMessage[],
  note: string | null,
): ModelMessage | null {
  const done = new Set(replyMessages.flatMap(answeredIds))
  const open = answered.filter(({ call }) => !done.has(call.id))
  if (open.length === 0) return note === null ? null : { role: 'user', content: note }
  return {
    role: 'tool',
    content: open.map(({ call, outcome }, index) => {
      const value = note !== null && index === open.length - 1 ? `${outcome.text}\n\n${note}` : outcome.text
      const type = outcome.failed === true ? 'error-text' : 'text'
      return { type: 'tool-result', toolCallId: call.id, toolName: call.name, output: { type, value } }
    }),
  }
}

function answeredIds(message: ModelMessage): string[] {
  if (message.role !== 'tool') return []
  return message.content.flatMap((part) => (part.type === 'tool-result' ? [part.toolCallId] : []))
}
