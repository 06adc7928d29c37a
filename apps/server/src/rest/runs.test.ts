import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { startTestServer } from '../testing/start-test-server.ts'

test('reads the filters of history from the query string', async () => {
  await using server = await startTestServer()
  const sessionId = randomUUID()
  const query = new URLSearchParams({
    status: 'failed',
    agent: 'code',
    session_id: sessionId,
    workflow: 'bugfix',
    since: '2026-01-02',
    until: '2026-01-03T04:05:06+02:00',
    q: 'http server',
    cursor: 'abc',
    limit: '20',
  })
  const { status, body } = await server.call('GET', `/api/orchestrate?${query}`)
  expect([status, body]).toEqual([200, { runs: [], next_cursor: null }])
  expect(server.orchestrator.calls.at(-1)?.argument).toEqual({
    status: 'failed',
    agent: 'code',
    sessionId,
    workflow: 'bugfix',
    since: new Date('2026-01-02T00:00:00Z'),
    until: new Date('2026-01-03T02:05:06Z'),
    q: 'http server',
    cursor: 'abc',
    limit: 20,
  })
})

test('an offset whose plus was not encoded is understood', async () => {
  await using server = await startTestServer()
  const { status } = await server.call('GET', '/api/orchestrate?since=2026-01-03T04:05:06+02:00')
  expect(status).toBe(200)
  expect(server.orchestrator.calls.at(-1)?.argument).toEqual({ since: new Date('2026-01-03T02:05:06Z') })
})

test.each([
  ['limit=0', 'limit', 'too small: expected number to be >=1'],
  ['limit=201', 'limit', 'too big: expected number to be <=200'],
  ['limit=ten', 'limit', 'expected number, received string'],
  ['limit=1.5', 'limit', 'expected int, received number'],
  ['limit=1&limit=2', 'limit', 'expected number, received array'],
  ['status=done', 'status', 'expected one of "queued"|"running"|"waiting"|"completed"|"failed"|"cancelled"'],
  ['since=yesterday', 'since', 'invalid ISO datetime'],
  ['session_id=1', 'session_id', 'invalid UUID'],
  ['sessionId=1', 'sessionId', 'unknown field'],
  ['q=', 'q', 'too small: expected string to have >=1 characters'],
])('refuses ?%s and says why', async (query, path, message) => {
  await using server = await startTestServer()
  const { status, body } = await server.call('GET', `/api/orchestrate?${query}`)
  expect([status, body.code, body.errors]).toEqual([400, 'INVALID_REQUEST', [{ path, message }]])
})

test('lists runs newest first, without their artifacts', async () => {
  await using server = await startTestServer()
  await server.orchestrator.submit({ prompt: 'one' })
  await server.orchestrator.submit({ prompt: 'two' })
  const { body } = await server.call('GET', '/api/orchestrate')
  expect(body.runs.map((run: { prompt: string }) => run.prompt)).toEqual(['two', 'one'])
  expect(body.runs[0]).not.toHaveProperty('result')
})

test('cancels a run with and without a reason, also twice', async () => {
  await using server = await startTestServer()
  const { requestId } = await server.orchestrator.submit({ prompt: 'long' })
  const first = await server.call('POST', `/api/orchestrate/${requestId}/cancel`, { body: { reason: 'enough' } })
  expect([first.status, first.body.status]).toEqual([200, 'cancelled'])
  expect(server.orchestrator.calls.at(-1)?.argument).toEqual({ requestId, reason: 'enough' })
  const again = await server.call('POST', `/api/orchestrate/${requestId}/cancel`)
  expect([again.status, again.body.status]).toEqual([200, 'cancelled'])
  const unknown = await server.call('POST', `/api/orchestrate/${requestId}/cancel`, { body: { because: 'x' } })
  expect([unknown.status, unknown.body.errors[0].path]).toEqual([400, 'because'])
})

test('answers patch and files as inert text', async () => {
  await using server = await startTestServer()
  const { requestId } = await server.orchestrator.submit({ prompt: 'long' })
  const patch = await server.call('GET', `/api/orchestrate/${requestId}/patch`)
  expect([patch.status, patch.headers.get('content-type')]).toEqual([200, 'text/x-diff; charset=utf-8'])
  expect(patch.body).toMatch(/^diff --git/)
  const file = await server.call('GET', `/api/orchestrate/${requestId}/files/src/a%20b.js`)
  expect([file.status, file.body]).toEqual([200, 'export const a = 1\n'])
  expect(file.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(file.headers.get('x-content-type-options')).toBe('nosniff')
  expect(file.headers.get('content-security-policy')).toContain('sandbox')
})

test('what is not there is a 404 that says what', async () => {
  await using server = await startTestServer()
  const { requestId } = await server.orchestrator.submit({ prompt: 'long' })
  const unknown = randomUUID()
  for (const [path, detail] of [
    [`/api/orchestrate/${unknown}`, unknown],
    [`/api/orchestrate/${unknown}/patch`, unknown],
    [`/api/orchestrate/${unknown}/files/a.js`, unknown],
    [`/api/orchestrate/${requestId}/files/other.js`, 'other.js'],
    [`/api/sessions/${unknown}`, unknown],
  ] as const) {
    const { status, body } = await server.call('GET', path)
    expect([status, body.code, body.instance]).toEqual([404, 'NOT_FOUND', path])
    expect(body.detail).toContain(detail)
  }
  const malformed = await server.call('GET', '/api/orchestrate/17')
  expect([malformed.status, malformed.body.errors[0].path]).toEqual([400, 'id'])
})

test('resumes a run that waits, with limits in the spelling of REST, and with an empty body', async () => {
  await using server = await startTestServer()
  const { requestId } = await server.orchestrator.submit({ prompt: 'x' })
  const path = `/api/orchestrate/${requestId}/resume`
  const early = await server.call('POST', path)
  expect([early.status, early.body.code]).toEqual([409, 'CONFLICT'])
  server.orchestrator.pause(requestId)
  const parked = await server.call('GET', `/api/orchestrate/${requestId}`)
  expect(parked.body).toMatchObject({ status: 'waiting', waiting: { reason: 'budget', message: 'used 5 of 5 tokens' } })
  const wrong = await server.call('POST', path, { body: { budget: { max_usd: 0 } } })
  expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'budget.max_usd'])
  const { status, body } = await server.call('POST', path, { body: { budget: { max_usd: 5, max_duration_s: 60 } } })
  expect([status, body.status]).toEqual([200, 'queued'])
  expect(server.orchestrator.calls.at(-1)?.argument).toEqual({ requestId, budget: { maxUsd: 5, maxDurationS: 60 } })
})
