import { sessionDetails, toWireSchema } from '@codex/protocol'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startTestServer } from '../testing/start-test-server.ts'

test('takes what a session holds, changes it, and shows its runs', async () => {
  await using server = await startTestServer()
  const body = {
    title: 'Login',
    repository: { url: 'https://example.com/a.git' },
    context: { someKey: 1 },
    policy: 'reject',
    budget: { max_usd: 2, max_duration_s: 60 },
  }
  const created = await server.call('POST', '/api/sessions', { body })
  expect([created.status, created.body]).toMatchObject([201, body])
  const place = created.headers.get('location') ?? ''
  const changed = await server.call('PATCH', place, { body: { title: null, budget: { max_tokens: 5 } } })
  expect(changed.body).toMatchObject({
    title: null,
    budget: { max_tokens: 5 },
    policy: 'reject',
    context: { someKey: 1 },
  })
  const read = await server.call('GET', place)
  expect(z.safeParse(toWireSchema(sessionDetails), read.body).error).toBeUndefined()
  expect(read.body.history).toEqual({ runs: [], next_cursor: null })
  const runs = await server.call('GET', `${place}/runs?limit=7&cursor=abc`)
  expect(runs.body).toEqual({ runs: [], next_cursor: null })
  const id = created.body.id
  expect(server.orchestrator.calls.findLast(({ method }) => method === 'sessionRuns')?.argument).toEqual({
    id,
    limit: 7,
    cursor: 'abc',
  })
})

test.each([
  [{ policy: 'maybe' }, 'policy'],
  [{ budget: { maxUsd: 1 } }, 'budget.maxUsd'],
  [{ repository: {} }, 'repository'],
  [{ id: 'x' }, 'id'],
])('refuses to change a session to %j', async (body, path) => {
  await using server = await startTestServer()
  const { id } = await server.orchestrator.createSession({})
  const refused = await server.call('PATCH', `/api/sessions/${id}`, { body })
  expect([refused.status, refused.body.errors[0].path]).toEqual([400, path])
})

test('removes a run that has ended, and no other', async () => {
  await using server = await startTestServer()
  const { requestId } = await server.orchestrator.submit({ prompt: 'go on' })
  const refused = await server.call('DELETE', `/api/orchestrate/${requestId}`)
  expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT'])
  server.orchestrator.finish(requestId)
  const removed = await server.call('DELETE', `/api/orchestrate/${requestId}`)
  expect([removed.status, removed.body]).toEqual([200, { request_id: requestId, removed: true }])
  expect((await server.call('DELETE', `/api/orchestrate/${requestId}`)).status).toBe(404)
})
