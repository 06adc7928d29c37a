import type { ScriptedReply } from './scripted-reply.ts'

const USAGE = { prompt_tokens: 500, completion_tokens: 500, total_tokens: 1_000 }
const HEAD = { id: 'chatcmpl-1', created: 1, model: 'scripted' }

/** A whole answer of OpenAI's chat completions interface. @see https://platform.openai.com/docs/api-reference/chat */
export function toCompletion(reply: ScriptedReply): string {
  const message =
    'content' in reply
      ? { role: 'assistant', content: reply.content }
      : { role: 'assistant', content: null, tool_calls: toolCalls(reply) }
  const choices = [{ index: 0, message, finish_reason: 'content' in reply ? 'stop' : 'tool_calls' }]
  return JSON.stringify({ ...HEAD, object: 'chat.completion', choices, usage: USAGE })
}

/**
 * The same as a stream of server-sent events.
 * @param pieces into so many events its text is cut
 */
export function toCompletionStream(reply: ScriptedReply, pieces: number): string {
  const deltas =
    'content' in reply
      ? cut(reply.content, pieces).map((content) => ({ role: 'assistant', content }))
      : [{ role: 'assistant', tool_calls: toolCalls(reply) }]
  const chunk = (choices: unknown[], more: object = {}) =>
    `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices, ...more })}\n\n`
  return [
    ...deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])),
    chunk([{ index: 0, delta: {}, finish_reason: 'content' in reply ? 'stop' : 'tool_calls' }]),
    chunk([], { usage: USAGE }),
    'data: [DONE]\n\n',
  ].join('')
}

function toolCalls(reply: Extract<ScriptedReply, { toolCalls: unknown }>) {
  return reply.toolCalls.map((call, index) => ({ index, id: `call_${index}`, type: 'function', function: call }))
}

function cut(content: string, pieces: number): string[] {
  const size = Math.max(1, Math.ceil(content.length / pieces))
  return Array.from({ length: Math.ceil(content.length / size) }, (_, i) => content.slice(i * size, (i + 1) * size))
}
