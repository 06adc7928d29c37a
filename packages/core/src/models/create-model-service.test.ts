import { once } from 'node:events'
import { createServer } from 'node:http'
import { MockLanguageModelV4 } from 'ai/test'
import { expect, test } from 'vitest'
import { createModelService } from './create-model-service.ts'
import type { ModelSettings } from './model-settings.ts'

const builtin = new MockLanguageModelV4({ modelId: 'offline' })

/** No test of choices may send anything anywhere. */
const noNetwork: typeof globalThis.fetch = async () => {
  throw new Error('no network')
}

function serviceWith(settings: ModelSettings, fetch = noNetwork) {
  return createModelService(settings, { builtin, fetch })
}

const KEYS = {
  anthropic: { apiKey: 'a' },
  openai: { apiKey: 'o' },
  google: { apiKey: 'g' },
}

const EVERYTHING: ModelSettings = {
  providers: KEYS,
  model: 'openai:gpt-all',
  agentModels: { code: 'google:gemini-code' },
}

test.each<[string, ModelSettings, Parameters<Awaited<ReturnType<typeof serviceWith>>['resolve']>[1], string, RegExp]>([
  [
    'option for this agent',
    EVERYTHING,
    { model: 'claude-x', models: { code: 'gpt-y' } },
    'openai:gpt-y',
    /options\.models/,
  ],
  [
    'option for all',
    EVERYTHING,
    { model: 'claude-x', models: { spec: 'gpt-y' } },
    'anthropic:claude-x',
    /options\.model$/,
  ],
  ['environment for this agent', EVERYTHING, {}, 'google:gemini-code', /CODEX_CODE_AGENT_MODEL/],
  ['environment for all', { ...EVERYTHING, agentModels: {} }, {}, 'openai:gpt-all', /CODEX_MODEL/],
  ['key: Anthropic first', { providers: KEYS }, {}, 'anthropic:claude-sonnet-5-5', /ANTHROPIC_API_KEY is set/],
  [
    'key: then OpenAI',
    { providers: { openai: { apiKey: 'o' }, google: { apiKey: 'g' } } },
    {},
    'openai:gpt-6-sol',
    /OPENAI_API_KEY/,
  ],
  ['key: then Google', { providers: { google: { apiKey: 'g' } } }, {}, 'google:gemini-3.8-flash', /GEMINI_API_KEY/],
  [
    'key with its model',
    { providers: { openai: { apiKey: 'o', model: 'gpt-own' } } },
    {},
    'openai:gpt-own',
    /OPENAI_API_KEY/,
  ],
  [
    'address alone',
    { providers: { openai: { baseUrl: 'http://h/v1', model: 'm' } } },
    {},
    'openai:m',
    /OPENAI_BASE_URL/,
  ],
  ['nothing', {}, {}, 'builtin:offline', /no model is configured and no local model server answers; set CODEX_MODEL/],
  ['nothing, without probes', { probe: false }, {}, 'builtin:offline', /no model is configured; set/],
])('chooses by %s', async (_, settings, requested, modelId, reason) => {
  const service = await serviceWith(settings)
  const choice = service.resolve('Code', requested)
  expect(choice).toEqual({ modelId, reason: expect.stringMatching(reason), fallbackModelId: null })
})

test('finds an agent by any spelling of its name', async () => {
  const service = await serviceWith({ providers: KEYS, agentModels: { test_generator: 'gpt-tests' } })
  expect(service.resolve('TestGenerator').reason).toBe('named by CODEX_TEST_GENERATOR_AGENT_MODEL')
  expect(service.resolve('TestGenerator', { models: { 'test-generator': 'gpt-other' } }).modelId).toBe(
    'openai:gpt-other',
  )
})

test.each([
  ['a provider alone', 'anthropic', 'anthropic:claude-sonnet-5-5'],
  ['a full id with colons in the model', 'ollama:qwen3:8b', 'ollama:qwen3:8b'],
  ['another interface of a provider', 'openai-chat:gpt-4o', 'openai-chat:gpt-4o'],
  ['a bare vendor name', 'o4-mini', 'openai:o4-mini'],
  ['the offline model', 'builtin', 'builtin:offline'],
])('understands %s', async (_, name, modelId) => {
  const service = await serviceWith({ providers: KEYS })
  expect(service.resolve('Code', { model: name }).modelId).toBe(modelId)
})

test.each([
  ['gpt-4', /options\.model names the model "gpt-4", but OpenAI cannot be used\. Set OPENAI_API_KEY/],
  ['claude-x', /Set ANTHROPIC_API_KEY/],
  ['gemini-x', /Set GEMINI_API_KEY/],
  ['mistral-large', /"mistral-large" is not a known model; write <provider>:<model> with one of anthropic, openai/],
  ['ollama', /"ollama" names no model and Ollama reports none/],
])('refuses %s when nothing is configured, with the remedy', async (name, message) => {
  const service = await serviceWith({})
  expect(() => service.resolve('Code', { model: name })).toThrow(
    expect.objectContaining({ code: 'INVALID_REQUEST', message: expect.stringMatching(message) }),
  )
})

test('lists every problem of the settings at once', async () => {
  const service = await serviceWith({ model: 'gpt-4', fallbackModel: 'nonsense', agentModels: { debug: 'claude-x' } })
  expect(service.problems().map((problem) => problem.path)).toEqual([
    'CODEX_MODEL',
    'CODEX_FALLBACK_MODEL',
    'CODEX_DEBUG_AGENT_MODEL',
  ])
  expect((await serviceWith({ providers: KEYS, model: 'gpt-4' })).problems()).toEqual([])
})

test('tells the log at start which model the agents get and why', async () => {
  const told: string[] = []
  await createModelService(
    { providers: KEYS, model: 'gpt-4o' },
    { builtin, fetch: noNetwork, log: (message) => told.push(message) },
  )
  expect(told).toEqual(['Agents use openai:gpt-4o: named by CODEX_MODEL'])
})

test('names the fallback model unless it is the chosen one', async () => {
  const service = await serviceWith({ providers: KEYS, fallbackModel: 'gpt-4o' })
  expect(service.resolve('Code').fallbackModelId).toBe('openai:gpt-4o')
  expect(service.resolve('Code', { model: 'gpt-4o' }).fallbackModelId).toBeNull()
})

/** A server that lists models; closes itself with the test. */
async function startListing(path: string, body: object) {
  const server = createServer((request, response) => {
    response.writeHead(request.url === path ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(request.url === path ? body : {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('finds a local Ollama and leaves models out that cannot talk', async () => {
  await using server = await startListing('/api/tags', {
    models: [{ name: 'nomic-embed-text' }, { name: 'qwen3:8b' }, { name: 'llama3' }],
  })
  const service = await serviceWith({ providers: { ollama: { baseUrl: server.url } } }, fetch)
  expect(service.resolve('Code')).toMatchObject({
    modelId: 'ollama:qwen3:8b',
    reason: 'Ollama answers on this machine',
  })
  expect(service.list().filter((model) => model.provider === 'ollama')).toEqual([
    expect.objectContaining({ id: 'ollama:qwen3:8b', available: true, isDefault: true, prices: null }),
    expect.objectContaining({ id: 'ollama:llama3', isDefault: false }),
  ])
})

test('asks a compatible server for its models when none is named', async () => {
  await using server = await startListing('/v1/models', { data: [{ id: 'text-embedding-3' }, { id: 'local-model' }] })
  const service = await serviceWith({ providers: { openai: { baseUrl: server.url } } }, fetch)
  expect(service.resolve('Code')).toMatchObject({ modelId: 'openai:local-model', reason: 'OPENAI_BASE_URL is set' })
})

test('takes a web server on a model server’s port for what it is', async () => {
  await using server = await startListing('/v1/models', { hello: 'world' })
  const service = await serviceWith({ providers: { vllm: { baseUrl: server.url } } }, fetch)
  expect(service.resolve('Code').modelId).toBe('builtin:offline')
})

test('asks the usual local addresses, and none when told not to', async () => {
  const asked: string[] = []
  const record: typeof globalThis.fetch = async (input) => {
    asked.push(String(input))
    throw new Error('no network')
  }
  await serviceWith({ providers: KEYS, probe: false }, record)
  expect(asked).toEqual([])
  await serviceWith({ providers: KEYS }, record)
  expect(asked).toEqual([
    'http://127.0.0.1:11434/api/tags',
    'http://127.0.0.1:1234/v1/models',
    'http://127.0.0.1:8000/v1/models',
  ])
})

test('lists what can be used and marks what was named but cannot', async () => {
  const service = await serviceWith({
    providers: { openai: { apiKey: 'o' } },
    model: 'gpt-4o',
    fallbackModel: 'claude-x',
  })
  expect(service.list()).toEqual([
    {
      id: 'openai:gpt-4o',
      provider: 'openai',
      available: true,
      source: 'CODEX_MODEL',
      isDefault: true,
      prices: { inputUsdPerMillion: 2.5, outputUsdPerMillion: 10 },
    },
    { id: 'claude-x', provider: '', available: false, source: 'CODEX_FALLBACK_MODEL', isDefault: false, prices: null },
    expect.objectContaining({ id: 'openai:gpt-6-sol', available: true, isDefault: false }),
    expect.objectContaining({
      id: 'builtin:offline',
      available: true,
      prices: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
    }),
  ])
})
