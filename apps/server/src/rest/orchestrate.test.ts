import { request } from 'node:http'
import { run, toWireSchema } from '@codex/protocol'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startTestServer } from '../testing/start-test-server.ts'

test('answers 200 with the run when it has ended, in the REST spelling and as its schema says', async () => {
  await using server = await startTestServer()
  const { status, body } = await server.call('POST', '/api/orchestrate', {
    body: {
      prompt: '  finish it ',
      context: { language: 'javascript', someKey: 1 },
      agent_sequence: ['spec', 'code'],
      options: { test_framework: 'jest', coverage_goals: '80%', myOwn: { innerKey: 1 } },
    },
  })
  expect(status).toBe(200)
  expect(z.safeParse(toWireSchema(run), body).error).toBeUndefined()
  expect(body).toMatchObject({ status: 'completed', metadata: { success: true, agent_sequence: ['Spec', 'Code'] } })
  expect(server.orchestrator.calls[0]).toEqual({
    method: 'submit',
    argument: {
      request: {
        prompt: 'finish it',
        context: { language: 'javascript', someKey: 1 },
        agentSequence: ['spec', 'code'],
        options: { testFramework: 'jest', coverageGoals: '80%', myOwn: { innerKey: 1 } },
      },
      options: { idempotencyKey: undefined, principal: null },
    },
  })
})

test.each([
  ['respond-async', 0, 'respond-async'],
  ['wait=0', 0, 'wait=0'],
  ['respond-async, wait=0', 0, 'respond-async, wait=0'],
])('Prefer: %s answers 202 with the place of the run', async (prefer, timeoutMs, applied) => {
  await using server = await startTestServer()
  const { status, headers, body } = await server.call('POST', '/api/orchestrate', {
    body: { prompt: 'long' },
    headers: { prefer },
  })
  expect(status).toBe(202)
  expect(body.status).toBe('running')
  expect(headers.get('location')).toBe(`/api/orchestrate/${body.request_id}`)
  expect(headers.get('preference-applied')).toBe(applied)
  expect(server.orchestrator.calls.find(({ method }) => method === 'wait')?.argument).toMatchObject({ timeoutMs })
  const followed = await server.call('GET', headers.get('location') ?? '')
  expect(followed.body.request_id).toBe(body.request_id)
})

test('waits no longer than the server allows, however long the client would', async () => {
  await using server = await startTestServer({
    limits: { maxWaitMs: 1, maxBodyBytes: 1_000_000, maxEventLoopDelayMs: 60_000 },
  })
  const { status } = await server.call('POST', '/api/orchestrate', {
    body: { prompt: 'long' },
    headers: { prefer: 'wait=999999999' },
  })
  expect(status).toBe(202)
  expect(server.orchestrator.calls.at(-1)?.argument).toMatchObject({ timeoutMs: 1 })
})

test('the same Idempotency-Key finds the same run, and is refused with another body', async () => {
  await using server = await startTestServer()
  const headers = { 'idempotency-key': 'abc-1', prefer: 'respond-async' }
  const first = await server.call('POST', '/api/orchestrate', { body: { prompt: 'a' }, headers })
  const second = await server.call('POST', '/api/orchestrate', { body: { prompt: 'a' }, headers })
  expect(second.body.request_id).toBe(first.body.request_id)
  const other = await server.call('POST', '/api/orchestrate', { body: { prompt: 'b' }, headers })
  expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH'])
  const invalid = await server.call('POST', '/api/orchestrate', {
    body: { prompt: 'b' },
    headers: { 'idempotency-key': 'x'.repeat(256) },
  })
  expect([invalid.status, invalid.body.errors[0].path]).toEqual([400, 'idempotency-key'])
})

test.each([
  [{ prompt: 'x', nope: 1, other: 2 }, 'INVALID_REQUEST', ['nope', 'other']],
  [{ prompt: '  ' }, 'INVALID_REQUEST', ['prompt']],
  [{}, 'INVALID_REQUEST', ['prompt']],
  [[], 'INVALID_REQUEST', ['']],
  ['null', 'INVALID_REQUEST', ['']],
  [{ prompt: 'x'.repeat(100_001) }, 'INVALID_REQUEST', ['prompt']],
  [{ prompt: 'x', options: { coverage_goals: [] } }, 'INVALID_REQUEST', ['options.coverage_goals']],
  [{ prompt: 'x', agentSequence: ['spec'] }, 'INVALID_REQUEST', ['agentSequence']],
  // found by the house behind the schema: the path arrives in the SDK's spelling
  [{ prompt: 'x', agent_sequence: ['spec', 'nobody'] }, 'UNKNOWN_AGENT', ['agent_sequence.1']],
])('refuses a bad request %#', async (body, code, paths) => {
  await using server = await startTestServer()
  const answer = await server.call('POST', '/api/orchestrate', { body })
  expect([answer.status, answer.body.code]).toEqual([400, code])
  expect(answer.body.errors.map((issue: { path: string }) => issue.path)).toEqual(paths)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
})

test('a client that goes away leaves the run alone unless it asked to cancel', async () => {
  await using server = await startTestServer()
  for (const [query, expected] of [
    ['', 'running'],
    ['?on_disconnect=cancel', 'cancelled'],
  ]) {
    const before = server.orchestrator.calls.length
    const client = request(`${server.url}/api/orchestrate${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    client.on('error', () => {})
    client.end(JSON.stringify({ prompt: `long ${query}` }))
    const wait = await server.orchestrator.nextCall('wait', before)
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    client.on('close', resolve)
    client.destroy()
    await closed
    const { requestId } = wait.argument as { requestId: string }
    if (expected === 'cancelled') await server.orchestrator.nextCall('cancel', before)
    // the server has seen the end of the connection once nothing is in flight
    await server.settled(60_000)
    expect((await server.call('GET', `/api/orchestrate/${requestId}`)).body.status).toBe(expected)
  }
})

test('refuses an unknown query parameter and a wrong value of a known one', async () => {
  await using server = await startTestServer()
  const unknown = await server.call('POST', '/api/orchestrate?foo=1', { body: { prompt: 'x' } })
  expect([unknown.status, unknown.body.errors]).toEqual([400, [{ path: 'foo', message: 'unknown field' }]])
  const wrong = await server.call('POST', '/api/orchestrate?on_disconnect=stop', { body: { prompt: 'x' } })
  expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'on_disconnect'])
})

test('passes a full queue on as 429 with Retry-After', async () => {
  await using server = await startTestServer()
  server.orchestrator.refuseNext('QUEUE_FULL', 7)
  const { status, headers, body } = await server.call('POST', '/api/orchestrate', { body: { prompt: 'x' } })
  expect([status, body.code, body.retryable]).toEqual([429, 'QUEUE_FULL', true])
  expect(headers.get('retry-after')).toBe('7')
})
