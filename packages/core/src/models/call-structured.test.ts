import { NO_USAGE } from '@codex/protocol'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { callStructured } from './call-structured.ts'
import type { ModelReply } from './model-service.ts'

const schema = z.object({ name: z.string(), tags: z.array(z.string()) })

/** Gives these answers in turn and remembers the conversations it saw. */
function answering(...answers: readonly (string | Partial<ModelReply>)[]) {
  const seen: ModelReply['messages'][] = []
  const call = async ({ messages }: { readonly messages: ModelReply['messages'] }): Promise<ModelReply> => {
    const answer = answers[seen.length] ?? ''
    seen.push(messages)
    const text = typeof answer === 'string' ? answer : (answer.text ?? '')
    return {
      modelId: 'test:model',
      text,
      toolCalls: [],
      messages: [{ role: 'assistant', content: text }],
      finishReason: 'stop',
      usage: NO_USAGE,
      costUsd: null,
      durationMs: 1,
      tries: 1,
      failures: [],
      ...(typeof answer === 'string' ? {} : answer),
    }
  }
  return { seen, call }
}

const request = { messages: [{ role: 'user', content: 'Describe it.' }] } as const satisfies {
  messages: ModelReply['messages']
}

test.each([
  ['bare', '{"name":"a","tags":[]}'],
  ['in a code fence', 'Here it is:\n```json\n{"name":"a","tags":[]}\n```\nAnything else?'],
  ['within prose', 'The answer is {"name":"a","tags":[]} as you asked.'],
  ['after brackets that are prose', 'As in [1], see {curly}: {"name":"a","tags":[]}'],
])('accepts JSON %s', async (_, text) => {
  const { call, seen } = answering(text)
  const answer = await callStructured(call, request, schema)
  expect(answer).toMatchObject({ value: { name: 'a', tags: [] }, repairs: 0 })
  expect(seen).toHaveLength(1)
})

test('sends the validator’s words and the schema back, then accepts', async () => {
  const { call, seen } = answering('{"name":5,"tags":["x",null]}', '{"name":"five","tags":[]}')
  const answer = await callStructured(call, request, schema)
  expect(answer).toMatchObject({ value: { name: 'five' }, repairs: 1 })
  const repair = seen[1]?.at(-1)?.content
  expect(repair).toContain('- name: Invalid input: expected string, received number')
  expect(repair).toContain('- tags.1: ')
  expect(repair).toContain('"required":["name","tags"]')
})

test('asks for a shorter answer when one was cut off', async () => {
  const { call, seen } = answering({ text: '{"name":"a', finishReason: 'length' }, '{"name":"a","tags":[]}')
  await callStructured(call, request, schema)
  expect(seen[1]?.at(-1)?.content).toContain('cut at the output limit')
})

test('gives up after the allowed repairs and names the issues', async () => {
  const { call, seen } = answering('no', '{"name":1}', '{"tags":[]}', '{"name":"late","tags":[]}')
  await expect(callStructured(call, request, schema)).rejects.toMatchObject({
    code: 'MODEL_OUTPUT_INVALID',
    message: expect.stringContaining('test:model did not give the asked JSON in 3 answers'),
    issues: [{ path: 'name', message: expect.any(String) }],
    data: { modelId: 'test:model', answers: 3 },
  })
  expect(seen).toHaveLength(3)
})

test('lets a failed call through as it is', async () => {
  const failure = new Error('down')
  await expect(callStructured(() => Promise.reject(failure), request, schema)).rejects.toBe(failure)
})
