import { doctorReport, health, nodeList, session, stats, toWireSchema } from '@codex/protocol'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startTestServer } from '../testing/start-test-server.ts'

test('lists agents, workflows and models in the REST spelling', async () => {
  await using server = await startTestServer()
  const agents = await server.call('GET', '/api/agents')
  expect(agents.body.agents[0]).toMatchObject({ name: 'Spec', model_reason: 'nothing else is configured' })
  const workflows = await server.call('GET', '/api/workflows')
  expect(workflows.body.workflows[0].agent_sequence).toEqual(['Spec', 'Code'])
  const models = await server.call('GET', '/api/models')
  expect(models.body.models[0]).toMatchObject({ is_default: true, prices: { input_usd_per_million: 0 } })
})

test('answers the figures', async () => {
  await using server = await startTestServer()
  await server.orchestrator.submit({ prompt: 'finish' })
  const { body } = await server.call('GET', '/api/stats')
  expect(z.safeParse(toWireSchema(stats), body).error).toBeUndefined()
  expect(body.totals.completed).toBe(1)
})

test('lists the living nodes', async () => {
  await using server = await startTestServer()
  const { status, body } = await server.call('GET', '/api/nodes')
  expect([status, z.safeParse(toWireSchema(nodeList), body).error]).toEqual([200, undefined])
  expect(body.nodes).toMatchObject([{ role: 'all', formats: ['1'], max_concurrent_runs: 10, executing: 2 }])
})

test('the doctor names what is stuck, why, and what frees it', async () => {
  await using server = await startTestServer()
  const stuck = { reason: 'unknown_format', message: 'nobody knows format 9', remedy: 'retry it' } as const
  server.orchestrator.stuckRuns = [{ requestId: 'r', status: 'queued', format: '9', ...stuck }]
  const { status, body } = await server.call('GET', '/api/doctor')
  expect([status, z.safeParse(toWireSchema(doctorReport), body).error]).toEqual([200, undefined])
  expect(body.stuck_runs).toEqual([{ request_id: 'r', status: 'queued', format: '9', ...stuck }])
  expect([body.healthy, body.stuck_total]).toEqual([false, 1])
})

test('creates, reads, lists and archives sessions', async () => {
  await using server = await startTestServer()
  const created = await server.call('POST', '/api/sessions', { body: { title: 'Login' } })
  expect([created.status, created.body.title]).toEqual([201, 'Login'])
  expect(z.safeParse(toWireSchema(session), created.body).error).toBeUndefined()
  const place = created.headers.get('location') ?? ''
  expect((await server.call('GET', place)).body.id).toBe(created.body.id)
  expect((await server.call('GET', '/api/sessions?limit=5')).body.sessions).toHaveLength(1)
  expect((await server.call('DELETE', place)).body.archived_at).toMatch(/^\d{4}-/)
  expect((await server.call('POST', '/api/sessions')).status).toBe(201)
  const wrong = await server.call('POST', '/api/sessions', { body: { name: 'x' } })
  expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'name'])
})

test('is ready while the house is well, and says what fails when it is not', async () => {
  await using server = await startTestServer()
  const ready = await server.call('GET', '/ready')
  expect([ready.status, ready.body.checks.database.ok]).toEqual([200, true])
  expect(z.safeParse(toWireSchema(health), ready.body).error).toBeUndefined()
  server.orchestrator.checks = { database: { ok: false, detail: 'does not answer' } }
  const notReady = await server.call('GET', '/ready')
  expect([notReady.status, notReady.body.code]).toEqual([503, 'UNAVAILABLE'])
  expect(notReady.body.detail).toContain('database: does not answer')
  expect(notReady.body.data.checks.database.ok).toBe(false)
  expect(notReady.headers.get('retry-after')).toBe('5')
  expect((await server.call('GET', '/health')).body).toMatchObject({ status: 'ok', version: '1.2.3' })
})

test('serves metrics of runs, requests and the process', async () => {
  await using server = await startTestServer()
  await server.orchestrator.submit({ prompt: 'finish' })
  await server.call('GET', '/api/agents')
  const { status, body } = await server.call('GET', '/metrics')
  expect(status).toBe(200)
  expect(body).toContain('codex_runs{status="completed"} 1')
  expect(body).toContain('codex_queue_depth 0')
  expect(body).toContain('codex_http_request_duration_seconds_count{method="GET",route="/api/agents",status="200"} 1')
  expect(body).toContain('nodejs_eventloop_lag_seconds')
  expect(body).toContain('process_resident_memory_bytes')
  expect(body).toContain('codex_stats_up 1')
})

test('serves the metrics of the process also without a database', async () => {
  await using server = await startTestServer()
  server.orchestrator.failNext('stats', new Error('the database is away'))
  const { status, body } = await server.call('GET', '/metrics')
  expect(status).toBe(200)
  expect(body).toContain('codex_stats_up 0')
  expect(body).toContain('process_resident_memory_bytes')
})
