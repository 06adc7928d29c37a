import type { Answer } from '../../model/scripted-model.ts'

type Reply = Exclude<Answer, { readonly status: number }>

interface CompletionHead {
  readonly id: string
  readonly created: number
  readonly model: string
  readonly usage: Readonly<Record<string, number>>
}

/** A reply as OpenAI's `chat.completion`. @see https://platform.openai.com/docs/api-reference/chat/object */
export function toCompletion(reply: Reply, head: CompletionHead): string {
  const message = { role: 'assistant', ...describe(reply, head) }
  const choices = [{ index: 0, message, finish_reason: finishReason(reply) }]
  return JSON.stringify({ ...head, object: 'chat.completion', choices })
}

/** A reply as the events of a stream of `chat.completion.chunk`. */
export function toCompletionChunks(reply: Reply, { usage, ...head }: CompletionHead): string {
  const described = describe(reply, head)
  const delta = {
    role: 'assistant',
    ...described,
    ...(described.tool_calls === undefined
      ? {}
      : { tool_calls: described.tool_calls.map((call, index) => ({ ...call, index })) }),
  }
  const chunks = [
    { choices: [{ index: 0, delta, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: finishReason(reply) }] },
    { choices: [], usage },
  ]
  const events = chunks.map((chunk) => JSON.stringify({ ...head, object: 'chat.completion.chunk', ...chunk }))
  return [...events, '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
}

function describe(reply: Reply, { id }: Pick<CompletionHead, 'id'>) {
  if (!('tools' in reply)) return { content: 'json' in reply ? JSON.stringify(reply.json) : reply.text }
  return {
    content: null,
    tool_calls: reply.tools.map(({ name, input }, index) => ({
      id: `call_${id}_${index}`,
      type: 'function',
      function: { name, arguments: JSON.stringify(input) },
    })),
  }
}

function finishReason(reply: Reply): string {
  return 'tools' in reply ? 'tool_calls' : 'stop'
}
