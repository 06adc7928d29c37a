import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { callStructured } from './call-structured.ts'
import type { ModelRequest } from './model-service.ts'
import { ask, MODELS_UNDER_TEST, startModelBench, unaborted } from './testing/model-bench.ts'

const USAGE = {
  prompt_tokens: 1000,
  completion_tokens: 200,
  total_tokens: 1200,
  input_tokens: 1000,
  output_tokens: 200,
  promptTokenCount: 1000,
  candidatesTokenCount: 200,
  totalTokenCount: 1200,
}

describe.each(MODELS_UNDER_TEST)('$name', ({ modelId, settings = {} }) => {
  test('answers with text, usage and finish reason', async () => {
    await using bench = await startModelBench({ settings })
    bench.mock.onMessage('greet', { content: 'Good morning, world.', usage: USAGE })
    const reply = await bench.service.call(ask(modelId, 'greet'), unaborted())
    expect(reply).toMatchObject({
      modelId,
      text: 'Good morning, world.',
      finishReason: 'stop',
      toolCalls: [],
      tries: 1,
      failures: [],
      usage: { inputTokens: 1000, outputTokens: 200, totalTokens: 1200, modelCalls: 1 },
    })
    expect(JSON.parse(JSON.stringify(reply.messages))).toEqual(reply.messages)
  })

  test('holds a tool turn: call, result, final answer', async () => {
    await using bench = await startModelBench({ settings })
    bench.mock.on(
      { userMessage: 'read it', hasToolResult: false },
      { toolCalls: [{ id: 'call_1', name: 'read', arguments: { path: 'a.ts' } }], finishReason: 'stop' },
    )
    bench.mock.on({ userMessage: 'read it', hasToolResult: true }, { content: 'It is empty.' })
    const request = ask(modelId, 'read it', {
      tools: { read: { description: 'Reads a file', inputSchema: z.object({ path: z.string() }) } },
    })
    const first = await bench.service.call(request, unaborted())
    expect(first.toolCalls).toEqual([{ id: expect.any(String), name: 'read', input: { path: 'a.ts' } }])
    const [call] = first.toolCalls
    const second = await bench.service.call(
      {
        ...request,
        // Journaled replies come back through JSON.
        messages: [
          ...request.messages,
          ...(JSON.parse(JSON.stringify(first.messages)) as ModelRequest['messages']),
          {
            role: 'tool',
            content: [
              {
                type: 'tool-result',
                toolCallId: call?.id ?? '',
                toolName: 'read',
                output: { type: 'text', value: '' },
              },
            ],
          },
        ],
      },
      unaborted(),
    )
    expect(second.text).toBe('It is empty.')
  })

  test('says what is wrong with a tool call that breaks the schema', async () => {
    await using bench = await startModelBench({ settings })
    bench.mock.onMessage('read it', {
      toolCalls: [{ id: 'call_1', name: 'read', arguments: { path: 7 } }],
      finishReason: 'stop',
    })
    const reply = await bench.service.call(
      ask(modelId, 'read it', {
        tools: { read: { description: 'Reads a file', inputSchema: z.object({ path: z.string() }) } },
      }),
      unaborted(),
    )
    expect(reply.toolCalls).toEqual([
      { id: expect.any(String), name: 'read', input: { path: 7 }, invalidInput: expect.stringContaining('path') },
    ])
    expect(reply.messages.map((message) => message.role)).toEqual(['assistant'])
  })

  test('has an answer that breaks the schema repaired with the issues', async () => {
    await using bench = await startModelBench({ settings })
    bench.mock.on({ userMessage: 'how many' }, { content: '{"count":"three"}' })
    bench.mock.on({ userMessage: 'count: Invalid input' }, { content: '{"count":3}' })
    const schema = z.object({ count: z.number() })
    const answer = await callStructured(
      (request) => bench.service.call(request, unaborted()),
      ask(modelId, 'how many'),
      schema,
    )
    expect(answer.value).toEqual({ count: 3 })
    expect(answer.repairs).toBe(1)
    expect(answer.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'user', 'assistant'])
  })

  test('waits as long as a 429 asks and then succeeds', async () => {
    await using bench = await startModelBench({ settings })
    bench.mock.on(
      { userMessage: 'go', sequenceIndex: 0 },
      { error: { message: 'Slow down', type: 'rate_limit_error' }, status: 429, retryAfter: 7 },
    )
    bench.mock.on({ userMessage: 'go', sequenceIndex: 1 }, { content: 'done' })
    const reply = await bench.service.call(ask(modelId, 'go'), unaborted())
    expect(reply).toMatchObject({ text: 'done', tries: 2 })
    expect(bench.clock.sleeps).toEqual([7000])
  })

  test('tries again after a 500', async () => {
    await using bench = await startModelBench({ settings })
    bench.mock.on({ userMessage: 'go', sequenceIndex: 0 }, { error: { message: 'Oops' }, status: 500 })
    bench.mock.on({ userMessage: 'go', sequenceIndex: 1 }, { content: 'done' })
    const reply = await bench.service.call(ask(modelId, 'go'), unaborted())
    expect(reply).toMatchObject({ text: 'done', tries: 2 })
    expect(bench.clock.sleeps).toEqual([500])
  })

  test.each([
    ['a malformed body', { chaos: { malformedRate: 1 } }],
    ['a dropped connection', { chaos: { disconnectRate: 1 } }],
    ['a truncated stream', { truncateAfterChunks: 2, latency: 5, chunkSize: 4 }],
  ])('tries again after %s and gives up with MODEL_* when it stays', async (_, trouble) => {
    await using bench = await startModelBench({ settings, limits: { maxTries: 2 } })
    bench.mock.onMessage('go', { content: 'An answer of more than a few characters.' }, trouble)
    const call = bench.service.call(ask(modelId, 'go'), unaborted())
    await expect(call).rejects.toMatchObject({
      code: expect.stringMatching(/^MODEL_(UNAVAILABLE|ERROR)$/),
      retryable: true,
      data: { modelId, tries: 2 },
    })
    expect(bench.clock.sleeps).toHaveLength(1)
    bench.mock.clearFixtures()
    bench.mock.onMessage('go', { content: 'whole' })
    expect((await bench.service.call(ask(modelId, 'go'), unaborted())).text).toBe('whole')
  })

  test.each([400, 401, 403, 404])('does not repeat a request that was answered with %i', async (status) => {
    await using bench = await startModelBench({ settings })
    bench.mock.onMessage('go', { error: { message: 'No', type: 'invalid_request_error' }, status })
    await expect(bench.service.call(ask(modelId, 'go'), unaborted())).rejects.toMatchObject({
      code: 'MODEL_ERROR',
      retryable: false,
      data: { modelId, tries: 1, statusCode: status },
    })
    expect(bench.mock.getRequests()).toHaveLength(1)
  })
})

// The mock's Responses interface has no declined answers; one of those is in call-model.test.ts.
describe.each(MODELS_UNDER_TEST.filter((model) => model.refusalReason !== null))(
  '$name',
  ({ modelId, refusalReason, settings = {} }) => {
    test('reports a declined answer once as MODEL_REFUSED with its usage', async () => {
      await using bench = await startModelBench({ settings })
      bench.mock.onMessage('go', { content: 'I cannot', finishReason: refusalReason ?? '', usage: USAGE })
      const call = bench.service.call(ask(modelId, 'go', { fallbackModelId: 'ollama:other' }), unaborted())
      await expect(call).rejects.toMatchObject({
        code: 'MODEL_REFUSED',
        retryable: false,
        data: { modelId, usage: { outputTokens: 200 } },
      })
      expect(bench.mock.getRequests()).toHaveLength(1)
    })
  },
)
