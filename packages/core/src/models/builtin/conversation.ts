import type { LanguageModelV4Prompt, LanguageModelV4ToolResultOutput } from '@ai-sdk/provider'
import { type AgentTask, parseTask } from '../../task/agent-task.ts'
import { cannotServe } from './cannot-serve.ts'

/** One tool call of the conversation with its answer. */
interface AnsweredToolCall {
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
  /** Null while no answer has come. */
  readonly answer: { readonly text: string; readonly failed: boolean } | null
}

/** All that the model knows: the task, and what was done about it until now. */
export interface Conversation {
  readonly task: AgentTask
  readonly calls: readonly AnsweredToolCall[]
  /** Replies that the model gave before this one. */
  readonly replies: number
}

/**
 * Reads the messages of a call.
 * @throws CodexError MODEL_CANNOT_SERVE when no message holds a task
 */
export function readConversation(prompt: LanguageModelV4Prompt): Conversation {
  let task: AgentTask | null = null
  let replies = 0
  const calls: { id: string; name: string; input: Record<string, unknown> }[] = []
  const answers = new Map<string, { text: string; failed: boolean }>()
  for (const message of prompt) {
    if (message.role === 'user') {
      const text = message.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
      task ??= parseTask(text)
    } else if (message.role === 'assistant') {
      replies += 1
      for (const part of message.content) {
        if (part.type === 'tool-call') {
          calls.push({ id: part.toolCallId, name: part.toolName, input: toRecord(part.input) })
        }
      }
    } else if (message.role === 'tool') {
      for (const part of message.content) {
        if (part.type === 'tool-result') answers.set(part.toolCallId, readOutput(part.output))
      }
    }
  }
  if (task === null) throw cannotServe('It works from tasks of the orchestrator only, and no message holds one.')
  return {
    task,
    replies,
    calls: calls.map(({ id, name, input }) => ({ name, input, answer: answers.get(id) ?? null })),
  }
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

function readOutput(output: LanguageModelV4ToolResultOutput): { text: string; failed: boolean } {
  switch (output.type) {
    case 'text':
      return { text: output.value, failed: false }
    case 'error-text':
      return { text: output.value, failed: true }
    case 'json':
      return { text: JSON.stringify(output.value), failed: false }
    case 'error-json':
      return { text: JSON.stringify(output.value), failed: true }
    case 'execution-denied':
      return { text: output.reason ?? 'The call was denied.', failed: true }
    case 'content':
      return { text: output.value.map((part) => (part.type === 'text' ? part.text : '')).join(''), failed: false }
  }
}

/** The loop may add a note in brackets behind an answer; it is not part of a file. */
const NOTE = /\n\n\[[^\]\n]*\]$/

/** Contents of files as far as they were read, by path; null for files that could not be read. */
export function readFiles(conversation: Conversation): Map<string, string | null> {
  const files = new Map<string, string | null>()
  for (const { name, input, answer } of conversation.calls) {
    if (name !== 'read_file' || answer === null || typeof input['path'] !== 'string') continue
    files.set(input['path'], answer.failed ? null : answer.text.replace(NOTE, ''))
  }
  return files
}

/** Paths that were written, and the answers to writes that failed. */
export function writtenFiles(conversation: Conversation): {
  readonly paths: ReadonlySet<string>
  readonly failures: readonly string[]
} {
  const writes = conversation.calls.filter(({ name, answer }) => name === 'write_file' && answer !== null)
  return {
    paths: new Set(writes.filter(({ answer }) => answer?.failed === false).map(({ input }) => String(input['path']))),
    failures: writes.flatMap(({ answer }) => (answer?.failed === true ? [answer.text] : [])),
  }
}
