import { randomUUID } from 'node:crypto'
import { runEvent, toWireSchema } from '@codex/protocol'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type ReceivedEvent, readAllEvents, readEvents } from '../testing/read-events.ts'
import { startTestServer, type TestServer } from '../testing/start-test-server.ts'

async function startRun(server: TestServer): Promise<string> {
  return (await server.orchestrator.submit({ prompt: 'long' })).requestId
}
const warning = (message: string) => ({ type: 'warning.raised' as const, data: { message } })
const ids = (events: readonly ReceivedEvent[]) => events.map(({ id, event }) => `${id} ${event}`)

test('streams stored events, then new ones, and ends after the terminal one', async () => {
  await using server = await startTestServer()
  const id = await startRun(server)
  const response = await fetch(`${server.url}/api/orchestrate/${id}/events`)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const events: ReceivedEvent[] = []
  for await (const event of readEvents(response)) {
    events.push(event)
    expect(z.safeParse(toWireSchema(runEvent), event.data).error).toBeUndefined()
    if (events.length === 1) server.orchestrator.emit(id, warning('a'))
    if (events.length === 2) server.orchestrator.finish(id)
  }
  expect(ids(events)).toEqual(['1 run.queued', '2 warning.raised', '3 run.completed'])
  expect(events[1]?.data).toMatchObject({ seq: 2, type: 'warning.raised', run_id: id })
})

test('goes on after Last-Event-ID, which wins over ?after, without gap or repeat', async () => {
  await using server = await startTestServer()
  const id = await startRun(server)
  for (const message of ['a', 'b', 'c']) server.orchestrator.emit(id, warning(message))
  server.orchestrator.finish(id)
  const place = `${server.url}/api/orchestrate/${id}/events`
  expect(ids(await readAllEvents(await fetch(`${place}?after=3`)))).toEqual(['4 warning.raised', '5 run.completed'])
  const resumed = await fetch(`${place}?after=1`, { headers: { 'last-event-id': '4' } })
  expect(ids(await readAllEvents(resumed))).toEqual(['5 run.completed'])
})

test('tells a client that has seen the terminal event to stop reconnecting', async () => {
  await using server = await startTestServer()
  const id = await startRun(server)
  server.orchestrator.finish(id)
  for (const seen of ['2', '99']) {
    const { status } = await server.call('GET', `/api/orchestrate/${id}/events`, { headers: { 'last-event-id': seen } })
    expect(status).toBe(204)
  }
})

test('answers a page where JSON is asked for', async () => {
  await using server = await startTestServer()
  const id = await startRun(server)
  for (const message of ['a', 'b', 'c']) server.orchestrator.emit(id, warning(message))
  const json = { headers: { accept: 'application/json' } }
  const { body } = await server.call('GET', `/api/orchestrate/${id}/events?after=1&limit=2`, json)
  expect(body.events.map((event: { seq: number }) => event.seq)).toEqual([2, 3])
  expect(body.next_after).toBe(3)
  const end = await server.call('GET', `/api/orchestrate/${id}/events?after=4`, json)
  expect(end.body).toEqual({ events: [], next_after: 4 })
})

test.each([
  ['', { 'last-event-id': 'abc' }, 'Last-Event-ID'],
  ['?after=-1', {}, 'after'],
  ['?after=x', {}, 'after'],
  ['?limit=1001', {}, 'limit'],
  ['?foo=1', {}, 'foo'],
])('refuses %s %j before any event', async (query, headers, path) => {
  await using server = await startTestServer()
  const id = await startRun(server)
  const { status, body } = await server.call('GET', `/api/orchestrate/${id}/events${query}`, {
    headers: headers as Record<string, string>,
  })
  expect([status, body.code, body.errors[0].path]).toEqual([400, 'INVALID_REQUEST', path])
})

test('an unknown run is a 404 and not an empty stream', async () => {
  await using server = await startTestServer()
  const { status, body } = await server.call('GET', `/api/orchestrate/${randomUUID()}/events`)
  expect([status, body.code]).toEqual([404, 'NOT_FOUND'])
})

test('a client that goes away ends its watch', async () => {
  await using server = await startTestServer()
  const id = await startRun(server)
  const abort = new AbortController()
  const response = await fetch(`${server.url}/api/orchestrate/${id}/events`, { signal: abort.signal })
  await readEvents(response).next()
  expect(server.orchestrator.watching()).toBe(1)
  const ended = server.orchestrator.watchEnded()
  abort.abort()
  await ended
  expect(server.orchestrator.watching()).toBe(0)
})

test('sends comments while nothing happens, so that proxies keep the connection', async () => {
  await using server = await startTestServer({ heartbeatMs: 5 })
  const id = await startRun(server)
  const response = await fetch(`${server.url}/api/orchestrate/${id}/events`)
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.split(': heartbeat\n\n').length > 3) break
  }
  expect(text.startsWith('retry: 1000\n\n')).toBe(true)
})

test('waits for a slow reader and loses nothing', async () => {
  await using server = await startTestServer()
  const id = await startRun(server)
  const count = 400
  const message = 'x'.repeat(20_000)
  for (let made = 0; made < count; made += 1) server.orchestrator.emit(id, warning(message))
  server.orchestrator.finish(id)
  const response = await fetch(`${server.url}/api/orchestrate/${id}/events`)
  const events = await readAllEvents(response)
  expect(events.map(({ data }) => data.seq)).toEqual(Array.from({ length: count + 2 }, (_, index) => index + 1))
})

test('an error in the middle cuts the connection, so that the client comes back for the rest', async () => {
  await using server = await startTestServer()
  const id = await startRun(server)
  const response = await fetch(`${server.url}/api/orchestrate/${id}/events`)
  const events = readEvents(response)
  await events.next()
  server.orchestrator.breakWatches(new Error('the database is away'))
  await expect(events.next()).rejects.toThrow('terminated')
  expect(server.lines.join('')).toContain('event stream broke')
})
