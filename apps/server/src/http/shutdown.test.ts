import { expect, test } from 'vitest'
import { readEvents } from '../testing/read-events.ts'
import { startTestServer } from '../testing/start-test-server.ts'

test('a shutdown ends waiting calls with 202 at once and turns new ones away', async () => {
  await using server = await startTestServer()
  const waiting = server.call('POST', '/api/orchestrate', { body: { prompt: 'long' } })
  await server.orchestrator.nextCall('wait', 0)
  server.shutDown()
  const { status, headers, body } = await waiting
  expect([status, body.status]).toEqual([202, 'running'])
  expect(headers.get('location')).toBe(`/api/orchestrate/${body.request_id}`)
  expect(await server.settled(60_000)).toBe(true)

  const rest = await server.call('GET', '/api/agents')
  expect([rest.status, rest.body.code, rest.headers.get('retry-after')]).toEqual([503, 'UNAVAILABLE', '5'])
  expect(rest.headers.get('connection')).toBe('close')
  const trpc = await server.call('GET', '/trpc/agents.list')
  expect([trpc.status, trpc.body.error.json.data.code]).toEqual([503, 'UNAVAILABLE'])
  expect((await server.call('GET', '/health')).status).toBe(200)
  expect((await server.call('GET', '/ready')).status).toBe(503)
})

test('a shutdown ends event streams before their terminal event, so that clients come back', async () => {
  await using server = await startTestServer()
  const { requestId } = await server.orchestrator.submit({ prompt: 'long' })
  const response = await fetch(`${server.url}/api/orchestrate/${requestId}/events`)
  const events = readEvents(response)
  expect((await events.next()).value).toMatchObject({ event: 'run.queued' })
  server.shutDown()
  expect((await events.next()).done).toBe(true)
  expect(server.orchestrator.watching()).toBe(0)
})

test('closes although a tRPC watch is open, which ends in the house too', async () => {
  const server = await startTestServer()
  const { requestId } = await server.orchestrator.submit({ prompt: 'long' })
  const input = encodeURIComponent(JSON.stringify({ json: { requestId } }))
  const response = await fetch(`${server.url}/trpc/runs.watch?input=${input}`, {
    headers: { accept: 'text/event-stream' },
  })
  const events = readEvents(response)
  await events.next() // tRPC greets first
  await events.next()
  const ended = server.orchestrator.watchEnded()
  await server.app.close()
  await ended
  await expect(events.next()).rejects.toThrow('terminated')
})

test('settled gives up when an answer takes longer', async () => {
  await using server = await startTestServer()
  const abort = new AbortController()
  const waiting = fetch(`${server.url}/api/orchestrate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'long' }),
    signal: abort.signal,
  }).catch(() => 'aborted')
  await server.orchestrator.nextCall('wait', 0)
  expect(await server.settled(1)).toBe(false)
  abort.abort()
  expect(await waiting).toBe('aborted')
})

test('under pressure requests are turned away with Retry-After, probes are not', async () => {
  await using server = await startTestServer({
    // any delay of the event loop is above this limit
    limits: { maxWaitMs: 60_000, maxBodyBytes: 1_000_000, maxEventLoopDelayMs: Number.MIN_VALUE },
  })
  await expect.poll(() => server.app.isUnderPressure(), { timeout: 60_000 }).toBe(true)
  const { status, headers, body } = await server.call('GET', '/api/agents')
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'UNAVAILABLE', '2'])
  expect((await server.call('GET', '/health')).status).toBe(200)
  expect((await server.call('GET', '/metrics')).status).toBe(200)
})
