import { LLMock } from '@copilotkit/aimock'
import { type SeenTask, taskOf } from './task-of.ts'

/** What the model is asked at one point. */
export interface Turn {
  readonly agent: string
  readonly task: SeenTask
  /** Answers of the model so far in this conversation. */
  readonly turn: number
  /** Texts of the tool results that came since. */
  readonly toolResults: readonly string[]
}

export interface ToolCall {
  readonly name: string
  readonly input: unknown
}

/** What a script can answer. */
export type Answer =
  | { readonly json: unknown }
  | { readonly text: string }
  | { readonly tools: readonly ToolCall[] }
  | { readonly status: number; readonly retryAfterS?: number }

/** Answers for one scenario; a script may wait (hold a call open) before it answers. */
export type Script = (turn: Turn) => Answer | Promise<Answer>

/** A model server over real HTTP that answers by scripts; the scenario's mark in the prompt picks the script. */
export interface ScriptedModel {
  readonly url: string
  /** @returns the mark to put into the prompt */
  script(script: Script): string
  /** Requests that the server got for a mark, in order. */
  calls(mark: string): readonly { readonly agent: string; readonly path: string; readonly status: number }[]
  /** The mock itself, for answers that scripts cannot give. */
  readonly mock: LLMock
  stop(): Promise<void>
}

const MARK = /\[scenario (\d+)\]/

export async function startScriptedModel(): Promise<ScriptedModel> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', journalMaxEntries: 0 })
  const scripts = new Map<string, Script>()
  let count = 0
  mock.on({ predicate: (request) => taskOf(request.messages) !== null }, async (request) => {
    const task = taskOf(request.messages)
    const mark = MARK.exec(task?.prompt ?? '')?.[0] ?? ''
    const script = scripts.get(mark)
    if (task === null || script === undefined) return { error: { message: `no script for "${mark}"` }, status: 400 }
    const answer = await script({
      agent: task.agent,
      task,
      turn: request.messages.filter((message) => message.role === 'assistant').length,
      toolResults: request.messages
        .filter((message) => message.role === 'tool')
        .map((message) => String(message.content)),
    })
    return toResponse(answer)
  })
  await mock.start()
  return {
    url: mock.url,
    mock,
    script(script) {
      const mark = `[scenario ${++count}]`
      scripts.set(mark, script)
      return mark
    },
    calls(mark) {
      return mock
        .getRequests()
        .filter((entry) => JSON.stringify(entry.body).includes(mark))
        .map((entry) => ({
          agent: taskOf((entry.body as { messages: { role: string; content?: unknown }[] }).messages)?.agent ?? '', // aimock's normalised form
          path: entry.path,
          status: entry.response.status,
        }))
    },
    stop: () => mock.stop(),
  }
}

const USAGE = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, input_tokens: 100, output_tokens: 20 }

function toResponse(answer: Answer) {
  if ('status' in answer) {
    const retry = answer.retryAfterS === undefined ? {} : { retryAfter: answer.retryAfterS }
    return { error: { message: `scripted ${answer.status}` }, status: answer.status, ...retry }
  }
  if ('tools' in answer) {
    return {
      toolCalls: answer.tools.map((call) => ({ name: call.name, arguments: JSON.stringify(call.input) })),
      usage: USAGE,
    }
  }
  return { content: 'json' in answer ? JSON.stringify(answer.json) : answer.text, usage: USAGE }
}
