import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { CodexError } from '@codex/protocol'
import { MockLanguageModelV4 } from 'ai/test'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createModelService } from './create-model-service.ts'
import type { ModelSettings } from './model-settings.ts'
import {
  ask,
  createTestClock,
  loopbackFetch,
  settingsFor,
  startModelBench,
  TEST_KEY,
  unaborted,
} from './testing/model-bench.ts'
import { chatChunk, type RawServer, sendEvents, startRawServer } from './testing/raw-server.ts'

const MODEL = 'openai:some-model'
const END = `${chatChunk({}, 'stop')}data: [DONE]\n\n`

async function serviceAt(server: RawServer, settings: ModelSettings = {}) {
  const clock = createTestClock()
  const logs: string[] = []
  const service = await createModelService(
    { ...settingsFor(server.url), ...settings },
    {
      builtin: new MockLanguageModelV4({
        modelId: 'offline',
        doGenerate: async () => {
          throw new CodexError('MODEL_CANNOT_SERVE', 'The offline model cannot do this.')
        },
      }),
      fetch: loopbackFetch(server.url),
      clock,
      log: (message, data) => logs.push(`${message} ${JSON.stringify(data)}`),
    },
  )
  return { service, clock, logs }
}

test('tells of every request and of the bytes of its own call', async () => {
  await using server = await startRawServer((_, response, index) => {
    if (index === 0) return void response.writeHead(503).end()
    sendEvents(response, chatChunk({ content: 'done' }))
    response.end(END)
  })
  const { service } = await serviceAt(server)
  const [first, second]: [string[], string[]] = [[], []]
  await service.call(ask(MODEL, 'go'), { ...unaborted(), onActivity: (what) => first.push(what) })
  expect(first.slice(0, 3)).toEqual(['request', 'request', 'bytes'])
  const told = first.length
  await service.call(ask(MODEL, 'go'), { ...unaborted(), onActivity: (what) => second.push(what) })
  await service.call(ask(MODEL, 'go'), unaborted())
  expect(second.slice(0, 2)).toEqual(['request', 'bytes'])
  expect(first).toHaveLength(told)
})

test('gives up on a server that never answers', async () => {
  await using server = await startRawServer(() => {})
  const { service } = await serviceAt(server, { limits: { firstByteMs: 100, maxTries: 2 } })
  await expect(service.call(ask(MODEL, 'go'), unaborted())).rejects.toMatchObject({
    code: 'MODEL_UNAVAILABLE',
    message: expect.stringContaining('no answer for 0.1 s'),
    data: { modelId: MODEL, tries: 2 },
  })
})

test('tries again when a stream stalls', async () => {
  await using server = await startRawServer((_, response, index) => {
    sendEvents(response, chatChunk({ content: 'Half an ' }))
    if (index > 0) response.end(`${chatChunk({ content: 'answer' })}${END}`)
  })
  const { service } = await serviceAt(server, { limits: { idleMs: 200 } })
  expect(await service.call(ask(MODEL, 'go'), unaborted())).toMatchObject({ text: 'Half an answer', tries: 2 })
  await server.hungUp(0)
})

test('ends an answer that trickles beyond the time of one attempt', async () => {
  await using server = await startRawServer((_, response) => {
    sendEvents(response, chatChunk({ content: 'x' }))
    const timer = setInterval(() => response.write(': still here\n\n'), 5)
    response.on('close', () => clearInterval(timer))
  })
  const { service } = await serviceAt(server, { limits: { attemptMs: 60, maxTries: 1 } })
  await expect(service.call(ask(MODEL, 'go'), unaborted())).rejects.toMatchObject({
    code: 'MODEL_UNAVAILABLE',
    message: expect.stringContaining('no complete answer within 0.06 s'),
  })
})

test.each([
  ['ends cleanly without its end mark', [chatChunk({ content: 'Half' })], 'documents'],
  ['holds a chunk that is no JSON', [chatChunk({ content: 'Half' }), 'data: {"choices": [\n\n', END], 'documents'],
  ['reports an error midway', [chatChunk({ content: 'Half' }), 'data: {"error":{"message":"overloaded"}}\n\n'], ''],
])('tries again when a stream %s', async (_, pieces, words) => {
  await using server = await startRawServer((_request, response, index) => {
    sendEvents(response, ...(index === 0 ? pieces : [chatChunk({ content: 'Whole' }), END]))
    response.end()
  })
  const { service, logs } = await serviceAt(server)
  expect(await service.call(ask(MODEL, 'go'), unaborted())).toMatchObject({ text: 'Whole', tries: 2 })
  expect(logs.join('\n')).toContain(words)
})

test('tries again when an answer without streaming is no JSON', async () => {
  await using server = await startRawServer((_, response, index) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      index === 0
        ? '{"choices": ['
        : JSON.stringify({
            choices: [{ index: 0, message: { role: 'assistant', content: 'Whole' }, finish_reason: 'stop' }],
          }),
    )
  })
  const { service } = await serviceAt(server, { stream: false })
  expect(await service.call(ask(MODEL, 'go'), unaborted())).toMatchObject({ text: 'Whole', tries: 2, costUsd: null })
})

test('reports a server that cannot be reached, with the variable to check', async () => {
  const server = await startRawServer(() => {})
  const { service } = await serviceAt(server, { limits: { maxTries: 3 } })
  await server[Symbol.asyncDispose]()
  await expect(service.call(ask(MODEL, 'go'), unaborted())).rejects.toMatchObject({
    code: 'MODEL_UNAVAILABLE',
    message: expect.stringMatching(/ECONNREFUSED.*3 tries.*Check OPENAI_BASE_URL/),
  })
})

test('reads Retry-After as a date', async () => {
  await using server = await startRawServer((_, response, index) => {
    if (index > 0) {
      sendEvents(response, chatChunk({ content: 'done' }), END)
      response.end()
      return
    }
    response.writeHead(429, { 'retry-after': 'Sun, 01 Nov 2026 00:00:09 GMT' })
    response.end('{"error":{"message":"Slow down"}}')
  })
  const { service, clock } = await serviceAt(server)
  await service.call(ask(MODEL, 'go'), unaborted())
  expect(clock.sleeps).toEqual([9000])
})

test('does not wait longer than the limit that a server asks for', async () => {
  await using server = await startRawServer((_, response) => {
    response.writeHead(429, { 'retry-after': '3600' }).end('{"error":{"message":"Come back later"}}')
  })
  const { service, clock } = await serviceAt(server)
  await expect(service.call(ask(MODEL, 'go'), unaborted())).rejects.toMatchObject({
    code: 'MODEL_UNAVAILABLE',
    retryAfterS: 3600,
    message: expect.stringContaining('asks to wait 3600 s'),
  })
  expect(clock.sleeps).toEqual([])
})

test('does not repeat a 429 that means a spent account', async () => {
  await using server = await startRawServer((_, response) => {
    response.writeHead(429).end('{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}')
  })
  const { service } = await serviceAt(server)
  await expect(service.call(ask(MODEL, 'go'), unaborted())).rejects.toMatchObject({ data: { tries: 1 } })
})

test('doubles its pauses and stops at the total time for one model', async () => {
  await using server = await startRawServer((_, response) => {
    response.writeHead(503).end('{"error":{"message":"Overloaded"}}')
  })
  const { service, clock } = await serviceAt(server, { limits: { maxTries: 20, totalMs: 10_000, maxDelayMs: 4000 } })
  await expect(service.call(ask(MODEL, 'go'), unaborted())).rejects.toMatchObject({
    code: 'MODEL_UNAVAILABLE',
    message: expect.stringContaining('limit of 10 s'),
  })
  expect(clock.sleeps).toEqual([500, 1000, 2000, 4000])
})

test('asks the fallback model after the first failed for good, and says why', async () => {
  await using bench = await startModelBench()
  bench.mock.on({ model: 'some-model' }, { error: { message: 'Down' }, status: 503 })
  bench.mock.onMessage('go', { content: 'from the second' })
  const reply = await bench.service.call(
    ask(MODEL, 'go', { fallbackModelId: 'anthropic:claude-sonnet-5' }),
    unaborted(),
  )
  expect(reply).toMatchObject({
    modelId: 'anthropic:claude-sonnet-5',
    text: 'from the second',
    tries: 5,
    failures: [{ modelId: MODEL, code: 'MODEL_UNAVAILABLE', message: expect.stringContaining('HTTP 503') }],
  })
})

test('names the failures of both models when the fallback fails too', async () => {
  await using bench = await startModelBench({ limits: { maxTries: 1 } })
  bench.mock.on({ model: 'some-model' }, { error: { message: 'Down' }, status: 503 })
  bench.mock.on({ model: 'claude-sonnet-5' }, { error: { message: 'Wrong key' }, status: 401 })
  const call = bench.service.call(ask(MODEL, 'go', { fallbackModelId: 'anthropic:claude-sonnet-5' }), unaborted())
  await expect(call).rejects.toMatchObject({
    code: 'MODEL_UNAVAILABLE',
    retryable: true,
    message: expect.stringMatching(/HTTP 503.* Then: .*HTTP 401.*Check ANTHROPIC_API_KEY/),
    data: { failures: [{ modelId: MODEL }, { modelId: 'anthropic:claude-sonnet-5', code: 'MODEL_ERROR' }] },
  })
})

test('falls back when the model cannot be used on this node', async () => {
  await using bench = await startModelBench({ settings: { providers: { google: {} } } })
  bench.mock.onMessage('go', { content: 'from the second' })
  const reply = await bench.service.call(ask('google:gemini-3.8-flash', 'go', { fallbackModelId: MODEL }), unaborted())
  expect(reply).toMatchObject({
    modelId: MODEL,
    tries: 1,
    failures: [{ code: 'MODEL_UNAVAILABLE', message: expect.stringContaining('GEMINI_API_KEY') }],
  })
})

test('hands on what the offline model says without asking another', async () => {
  await using server = await startRawServer(() => {})
  const { service } = await serviceAt(server)
  await expect(
    service.call(ask('builtin:offline', 'go', { fallbackModelId: MODEL }), unaborted()),
  ).rejects.toMatchObject({ code: 'MODEL_CANNOT_SERVE', message: 'The offline model cannot do this.' })
  expect(server.requests()).toBe(0)
})

test('refuses an offline model of another name', async () => {
  await using server = await startRawServer(() => {})
  const { service } = await serviceAt(server)
  await expect(service.call(ask('builtin:other', 'go'), unaborted())).rejects.toMatchObject({ code: 'MODEL_ERROR' })
})

test('hangs up at once when the call is cancelled midway', async () => {
  const controller = new AbortController()
  await using server = await startRawServer((_, response) => {
    sendEvents(response, chatChunk({ content: 'Half' }))
    controller.abort()
  })
  const { service } = await serviceAt(server)
  await expect(service.call(ask(MODEL, 'go'), { signal: controller.signal })).rejects.toMatchObject({
    code: 'CANCELLED',
  })
  await server.hungUp(0)
  expect(server.requests()).toBe(1)
})

test('is cancelled during a pause, and keeps the reason that the signal gives', async () => {
  const controller = new AbortController()
  await using server = await startRawServer((_, response) => {
    response.writeHead(503).end('{"error":{"message":"Overloaded"}}')
  })
  const service = await createModelService(settingsFor(server.url), {
    builtin: new MockLanguageModelV4(),
    fetch: loopbackFetch(server.url),
    clock: {
      ...createTestClock(),
      sleep: async (_, signal) => {
        const aborted = once(signal, 'abort')
        controller.abort(new CodexError('STEP_TIMEOUT', 'The step took too long.'))
        await aborted
        signal.throwIfAborted()
      },
    },
  })
  await expect(service.call(ask(MODEL, 'go'), { signal: controller.signal })).rejects.toMatchObject({
    code: 'STEP_TIMEOUT',
  })
  expect(server.requests()).toBe(1)
})

test('sends no other try when it may not go on after a pause, to the fallback model neither', async () => {
  await using server = await startRawServer((_, response) => {
    response.writeHead(429).end('{"error":{"message":"Too many requests"}}')
  })
  let isHeld = true
  const checks: boolean[] = []
  const lost = new Error('somebody else goes on with it')
  const service = await createModelService(settingsFor(server.url), {
    builtin: new MockLanguageModelV4(),
    fetch: loopbackFetch(server.url),
    // frozen while it sleeps: no signal fires, and the time is over when it wakes
    clock: {
      ...createTestClock(),
      sleep: async () => {
        isHeld = false
      },
    },
  })
  const checkMayGoOn = () => {
    checks.push(isHeld)
    if (!isHeld) throw lost
  }
  const request = { ...ask(MODEL, 'go'), fallbackModelId: 'openai:other' }
  await expect(service.call(request, { ...unaborted(), checkMayGoOn })).rejects.toBe(lost)
  expect(checks).toEqual([true, false])
  expect(server.requests()).toBe(1)
})

test('sends nothing when the signal has already fired', async () => {
  await using server = await startRawServer(() => {})
  const { service } = await serviceAt(server)
  await expect(service.call(ask(MODEL, 'go'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'CANCELLED',
  })
  expect(server.requests()).toBe(0)
})

test('reports a declined answer of the Responses interface', async () => {
  const events = [
    { type: 'response.created', response: { id: 'r1', created_at: 1, model: 'gpt-5.6' } },
    { type: 'response.output_item.added', output_index: 0, item: { type: 'message', id: 'm1' } },
    { type: 'response.refusal.delta', item_id: 'm1', output_index: 0, content_index: 0, delta: 'I cannot' },
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: { type: 'message', id: 'm1', content: [{ type: 'refusal', refusal: 'I cannot' }] },
    },
    { type: 'response.completed', response: { usage: { input_tokens: 9, output_tokens: 3 } } },
  ]
  await using server = await startRawServer((_, response) => {
    sendEvents(response, ...events.map((event) => `data: ${JSON.stringify(event)}\n\n`))
    response.end()
  })
  const { service } = await serviceAt(server)
  await expect(service.call(ask('openai-responses:gpt-5.6', 'go'), unaborted())).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
    data: { usage: { inputTokens: 9, outputTokens: 3 } },
  })
})

test('asks in words once a server has refused a JSON schema', async () => {
  const bodies: string[] = []
  await using server = await startRawServer(async (request, response) => {
    const body = await text(request)
    bodies.push(body)
    if (body.includes('response_format')) {
      response.writeHead(400).end('{"error":{"message":"This response_format type is unavailable now"}}')
      return
    }
    sendEvents(response, chatChunk({ content: '{"n":1}' }), END)
    response.end()
  })
  const { service, clock } = await serviceAt(server)
  const request = ask(MODEL, 'go', { outputSchema: z.object({ n: z.number() }) })
  expect(await service.call(request, unaborted())).toMatchObject({ text: '{"n":1}', tries: 2 })
  expect(await service.call(request, unaborted())).toMatchObject({ text: '{"n":1}', tries: 1 })
  expect(bodies).toHaveLength(3)
  expect(bodies[2]).toContain('Answer with one JSON value of this schema')
  expect(clock.sleeps).toEqual([])
})

test('lets neither key nor prompt into errors and logs', async () => {
  const prompt = 'the secret plan of the customer'
  await using server = await startRawServer((_, response, index) => {
    const status = index === 0 ? 500 : 401
    const message = `Incorrect API key provided: ${TEST_KEY}. Authorization: Bearer abcdef0123456789; input was ${prompt}. `
    response.writeHead(status).end(JSON.stringify({ error: { message: message + 'x'.repeat(5000) } }))
  })
  const { service, logs } = await serviceAt(server)
  const error = await service.call(ask(MODEL, prompt), unaborted()).then(
    () => new Error('It succeeded'),
    (reason: Error) => reason,
  )
  const told = [
    error.message,
    error.stack,
    JSON.stringify(error),
    String(error.cause),
    JSON.stringify(error.cause),
    ...logs,
  ]
  expect(logs).toHaveLength(2)
  expect(error.message).toContain('HTTP 401: Incorrect API key')
  expect(error.message.length).toBeLessThan(500)
  for (const text of told) {
    expect(text).not.toContain(TEST_KEY)
    expect(text).not.toContain('abcdef0123456789')
    expect(text).not.toContain(prompt)
  }
})
