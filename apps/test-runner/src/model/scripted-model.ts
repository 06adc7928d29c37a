import { type ChatCompletionRequest, type FixtureOpts, LLMock } from '@copilotkit/aimock'
import { type SeenTask, taskOf } from './task-of.ts'

/** What the model is asked at one point. */
export interface Turn {
  readonly agent: string
  readonly task: SeenTask
  /** Answers of the model so far in this conversation. */
  readonly turn: number
  /** Texts of the tool results that came since. */
  readonly toolResults: readonly string[]
  /** The model that is asked. */
  readonly model: string
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

/** What the server does to a request instead of answering it in full. */
export type Fault = keyof typeof FAULTS

/** A request as aimock's journal has it, once it was answered. */
export interface JournaledCall {
  readonly agent: string
  readonly turn: number
  readonly model: string
  readonly path: string
  readonly status: number
  /** The whole conversation that was sent: equal for calls that ask the same. */
  readonly asked: string
}

/** A model server over real HTTP that answers by scripts; the scenario's mark in the prompt picks the script. */
export interface ScriptedModel {
  readonly url: string
  /**
   * @param faults what happens to the first requests, in order; the script answers at `null`, and the ones after
   * @returns the mark to put into the prompt
   */
  script(script: Script, faults?: readonly (Fault | null)[]): string
  /** Requests that the server has answered for a mark, in order. */
  calls(mark: string): readonly JournaledCall[]
  stop(): Promise<void>
}

/** aimock's options for each fault; a hanging request is never answered. */
const FAULTS = {
  'rate-limit': {},
  'server-error': {},
  hang: {},
  malformed: { chaos: { malformedRate: 1 } },
  disconnect: { chaos: { disconnectRate: 1 } },
  // without a latency the chunks are written at once, before the end comes
  truncate: { latency: 5, chunkSize: 10, truncateAfterChunks: 2 },
} as const satisfies Record<string, FixtureOpts>

const MARK = /\[scenario (\d+)\]/

interface ScriptState {
  readonly script: Script
  readonly faults: (Fault | null)[]
}

export async function startScriptedModel(): Promise<ScriptedModel> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', journalMaxEntries: 0 })
  const states = new Map<string, ScriptState>()
  const stopping = Promise.withResolvers<Answer>()
  /** Decided once a request, however often and in whatever order aimock asks the fixtures. */
  const faultOf = remember((request: ChatCompletionRequest) => stateOf(request)?.faults.shift() ?? null)
  const stateOf = (request: ChatCompletionRequest) =>
    states.get(MARK.exec(taskOf(request.messages)?.prompt ?? '')?.[0] ?? '')

  for (const [fault, options] of Object.entries(FAULTS)) {
    mock.on(
      { predicate: (request) => faultOf(request) === fault },
      async (request) => {
        if (fault === 'hang') return toResponse(await stopping.promise, request)
        if (fault === 'rate-limit') return toResponse({ status: 429, retryAfterS: 1 }, request)
        if (fault === 'server-error') return toResponse({ status: 500 }, request)
        return toResponse({ text: 'an answer that is long enough to be cut off in its middle' }, request)
      },
      options,
    )
  }
  mock.on({ predicate: (request) => faultOf(request) === null }, async (request) => {
    const task = taskOf(request.messages)
    const state = stateOf(request)
    if (task === null || state === undefined) return toResponse({ status: 400 }, request)
    const turn = describeTurn(request, task)
    return toResponse(await Promise.race([state.script(turn), stopping.promise]), request)
  })
  await mock.start()
  let count = 0
  return {
    url: mock.url,
    script(script, faults = []) {
      const mark = `[scenario ${++count}]`
      states.set(mark, { script, faults: [...faults] })
      return mark
    },
    calls(mark) {
      return mock.getRequests().flatMap(({ body, path, response }) => {
        const request = body as ChatCompletionRequest // every request here is for a completion, in aimock's own form
        const task = taskOf(request.messages)
        if (task === null || !task.prompt.includes(mark)) return []
        const { agent, turn, model } = describeTurn(request, task)
        return [{ agent, turn, model, path, status: response.status, asked: JSON.stringify(request.messages) }]
      })
    },
    async stop() {
      stopping.resolve({ status: 503 }) // nothing is held any longer
      await mock.stop()
    },
  }
}

/** The messages of a chat completion request. */
export type ModelMessages = readonly { readonly role: string; readonly content?: unknown }[]

/** Where a conversation stands. */
export function describeTurn(
  { messages, model }: { readonly messages: ModelMessages; readonly model: string },
  task: SeenTask,
): Turn {
  return {
    agent: task.agent,
    task,
    model,
    // an answer with several tool calls can be several messages
    turn: messages.filter(({ role }, index) => role === 'assistant' && messages[index - 1]?.role !== 'assistant')
      .length,
    toolResults: messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content)),
  }
}

const INPUT_TOKENS = 100
const OUTPUT_TOKENS = 20
/** Under the names of every provider. */
const USAGE = {
  prompt_tokens: INPUT_TOKENS,
  completion_tokens: OUTPUT_TOKENS,
  input_tokens: INPUT_TOKENS,
  output_tokens: OUTPUT_TOKENS,
  promptTokenCount: INPUT_TOKENS,
  candidatesTokenCount: OUTPUT_TOKENS,
}

function toResponse(answer: Answer, { model }: ChatCompletionRequest) {
  if ('status' in answer) {
    const retry = answer.retryAfterS === undefined ? {} : { retryAfter: answer.retryAfterS }
    return { error: { message: `scripted ${answer.status}` }, status: answer.status, ...retry }
  }
  if ('tools' in answer) {
    return {
      toolCalls: answer.tools.map((call) => ({ name: call.name, arguments: JSON.stringify(call.input) })),
      usage: USAGE,
      // Gemini's own servers end a tool call with STOP
      ...(model.startsWith('gemini') ? { finishReason: 'stop' } : {}),
    }
  }
  return { content: 'json' in answer ? JSON.stringify(answer.json) : answer.text, usage: USAGE }
}

function remember<Key extends object, Value>(decide: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>()
  return (key) => {
    const found = known.get(key) ?? { value: decide(key) }
    known.set(key, found)
    return found.value
  }
}
