import { LLMock } from '@copilotkit/aimock'
import { MockLanguageModelV4 } from 'ai/test'
import type { CallClock } from '../calling/call-model.ts'
import { createModelService } from '../create-model-service.ts'
import type { ModelRequest, ModelService } from '../model-service.ts'
import type { ModelLimits, ModelSettings } from '../model-settings.ts'

/** Keys of the bench; tests look for them in messages. */
export const TEST_KEY = 'sk-test-0123456789abcdef'

/** One way to reach a model, with what its provider calls a declined answer. */
export interface ModelUnderTest {
  readonly name: string
  readonly modelId: string
  readonly refusalReason: string | null
  /** Settings that differ from {@link settingsFor}. */
  readonly settings?: ModelSettings
}

/** OpenAI itself: its address stays the vendor's, and {@link loopbackFetch} brings the requests here. */
const AT_OPENAI: ModelSettings = { providers: { openai: { apiKey: TEST_KEY } } }

/** Each provider, each of its interfaces, and each client behind them. */
export const MODELS_UNDER_TEST: readonly ModelUnderTest[] = [
  { name: 'OpenAI, Responses', modelId: 'openai:gpt-5.6', refusalReason: null, settings: AT_OPENAI },
  { name: 'OpenAI, chat', modelId: 'openai-chat:gpt-4o', refusalReason: 'content_filter', settings: AT_OPENAI },
  { name: 'compatible server', modelId: 'openai:some-model', refusalReason: 'content_filter' },
  { name: 'compatible server, Responses', modelId: 'openai-responses:gpt-5.6', refusalReason: null },
  { name: 'Anthropic', modelId: 'anthropic:claude-sonnet-5', refusalReason: 'refusal' },
  { name: 'Google', modelId: 'google:gemini-3.8-flash', refusalReason: 'SAFETY' },
  { name: 'Ollama', modelId: 'ollama:qwen3-coder', refusalReason: 'content_filter' },
]

/** A clock that never waits: sleeping moves it. */
export interface TestClock extends CallClock {
  readonly sleeps: readonly number[]
}

export function createTestClock(): TestClock {
  const sleeps: number[] = []
  let nowMs = Date.parse('2026-11-01T00:00:00Z')
  return {
    sleeps,
    now: () => nowMs,
    random: () => 1,
    sleep: async (ms, signal) => {
      signal.throwIfAborted()
      sleeps.push(ms)
      nowMs += ms
    },
  }
}

/** Refuses every address that is not this machine's; OpenAI's own is sent to the mock. */
export function loopbackFetch(mockUrl: string): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.hostname === 'api.openai.com') return fetch(new URL(url.pathname + url.search, mockUrl), init)
    if (url.hostname !== '127.0.0.1') throw new Error(`A test tried to reach ${url.hostname}`)
    return fetch(url, init)
  }
}

export interface ModelBench extends AsyncDisposable {
  readonly mock: LLMock
  readonly service: ModelService
  readonly clock: TestClock
  readonly logs: readonly string[]
}

/** Settings that point every provider at one server. */
export function settingsFor(baseUrl: string): ModelSettings {
  const access = { apiKey: TEST_KEY, baseUrl }
  return { probe: false, providers: { openai: access, anthropic: access, google: access, ollama: access } }
}

/** A mock of all providers and the service in front of it. */
export async function startModelBench(
  options: { readonly settings?: ModelSettings; readonly limits?: Partial<ModelLimits> } = {},
): Promise<ModelBench> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1' })
  await mock.start()
  const own = settingsFor(mock.url)
  const clock = createTestClock()
  const logs: string[] = []
  const service = await createModelService(
    {
      ...own,
      limits: options.limits,
      ...options.settings,
      providers: { ...own.providers, ...options.settings?.providers },
    },
    {
      builtin: new MockLanguageModelV4({ modelId: 'offline' }),
      fetch: loopbackFetch(mock.url),
      clock,
      log: (message, data) => logs.push(`${message} ${JSON.stringify(data)}`),
    },
  )
  return {
    mock,
    service,
    clock,
    logs,
    async [Symbol.asyncDispose]() {
      await mock.stop()
    },
  }
}

/** A request of one user message. */
export function ask(modelId: string, content: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return { modelId, system: 'You are a test.', messages: [{ role: 'user', content }], ...more }
}

/** Options of a call that nobody aborts. */
export function unaborted(): { readonly signal: AbortSignal } {
  return { signal: new AbortController().signal }
}
