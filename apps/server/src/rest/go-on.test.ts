import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { startTestServer } from '../testing/start-test-server.ts'

test('retry and fork answer 202 with the place of the new run, and pass the key on', async () => {
  await using server = await startTestServer()
  const first = await server.call('POST', '/api/orchestrate', {
    body: { prompt: 'go on' },
    headers: { prefer: 'respond-async' },
  })
  const id = first.body.request_id
  const retried = await server.call('POST', `/api/orchestrate/${id}/retry`, { headers: { 'idempotency-key': 'k1' } })
  expect([retried.status, retried.body.created]).toEqual([202, true])
  expect(retried.headers.get('location')).toBe(`/api/orchestrate/${retried.body.request_id}`)
  expect(server.orchestrator.calls.at(-1)?.argument).toMatchObject({ requestId: id, options: { idempotencyKey: 'k1' } })

  const overrides = { prompt: 'other words', options: { review_focus: 'security' }, agent_sequence: ['reviewer'] }
  const forked = await server.call('POST', `/api/orchestrate/${id}/fork`, {
    body: { from_step: 'reviewer', overrides },
  })
  expect(forked.status).toBe(202)
  expect(server.orchestrator.calls.at(-1)?.argument).toMatchObject({
    input: {
      requestId: id,
      fromStep: 'reviewer',
      overrides: { prompt: 'other words', options: { reviewFocus: 'security' }, agentSequence: ['reviewer'] },
    },
  })
})

test('what cannot be is told with code and field', async () => {
  await using server = await startTestServer()
  const done = await server.call('POST', '/api/orchestrate', { body: { prompt: 'finish' } })
  const id = done.body.request_id
  const retried = await server.call('POST', `/api/orchestrate/${id}/retry`)
  expect([retried.status, retried.body.code]).toEqual([409, 'CONFLICT'])
  const nowhere = await server.call('POST', `/api/orchestrate/${id}/fork`, { body: { from_step: 'nowhere' } })
  expect([nowhere.status, nowhere.body.code]).toEqual([400, 'INVALID_REQUEST'])
  expect(nowhere.body.detail).toContain('its steps: spec, code')
  const empty = await server.call('POST', `/api/orchestrate/${id}/fork`, { body: {} })
  expect([empty.status, empty.body.errors[0].path]).toEqual([400, 'from_step'])
  expect((await server.call('POST', `/api/orchestrate/${randomUUID()}/retry`)).status).toBe(404)
})

test('a request says when it may begin, has to end, and how urgent it is', async () => {
  await using server = await startTestServer()
  const times = { priority: 5, after: 60, deadline: '2030-01-01T00:00:00Z' }
  const session = { session_id: randomUUID(), session_policy: 'reject' }
  const ok = await server.call('POST', '/api/orchestrate', { body: { prompt: 'finish', ...times, ...session } })
  expect(ok.status).toBe(200)
  const submitted = server.orchestrator.calls.find(({ method }) => method === 'submit')?.argument
  expect(submitted).toMatchObject({ request: { ...times, sessionPolicy: 'reject' } })
  for (const [field, value] of [
    ['priority', 101],
    ['after', -1],
    ['deadline', 'tomorrow'],
    ['session_policy', 'wait'],
  ] as const) {
    const { status, body } = await server.call('POST', '/api/orchestrate', { body: { prompt: 'x', [field]: value } })
    expect([status, body.errors[0].path]).toEqual([400, field])
  }
})

test('schedules are made, read, paused, resumed, triggered and removed', async () => {
  await using server = await startTestServer()
  const body = {
    name: 'nightly',
    cron: '0 3 * * *',
    time_zone: 'Europe/Berlin',
    request: { prompt: 'x', options: { timeout_s: 60 } },
  }
  const made = await server.call('POST', '/api/schedules', { body })
  expect(made.status).toBe(201)
  const path = made.headers.get('location') ?? ''
  expect(path).toBe(`/api/schedules/${made.body.id}`)
  expect(made.body).toMatchObject({ ...body, paused: false, last_run_id: null })
  expect((await server.call('POST', `${path}/pause`)).body.paused).toBe(true)
  expect((await server.call('POST', `${path}/resume`)).body.paused).toBe(false)
  const triggered = await server.call('POST', `${path}/trigger`)
  expect([triggered.status, triggered.headers.get('location')]).toEqual([
    202,
    `/api/orchestrate/${triggered.body.request_id}`,
  ])
  expect((await server.call('GET', '/api/schedules')).body.schedules).toHaveLength(1)
  expect((await server.call('DELETE', path)).status).toBe(204)
  expect((await server.call('GET', path)).status).toBe(404)
  const wrong = await server.call('POST', '/api/schedules', { body: { ...body, request: { prompt: '' } } })
  expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'request.prompt'])
})
