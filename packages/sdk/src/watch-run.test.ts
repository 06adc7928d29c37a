import { CodexError, type RunEvent } from '@codex/protocol'
import { expect, test } from 'vitest'
import { createCodex } from './create-codex.ts'
import { ScriptedOrchestrator } from './testing/scripted-orchestrator.ts'
import { startTestServer } from './testing/test-server.ts'

const STARTED = { type: 'run.started', data: { node: 'n1' } } as const
const WARNING = { type: 'warning.raised', data: { message: 'careful' } } as const
const COMPLETED = { type: 'run.completed', data: { success: true, verified: true } } as const

test('yields every event once, with dates, and ends after the terminal one', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const handle = await createCodex({ url: server.url }).runs.start({ prompt: 'x' })
  orchestrator.emit(handle.requestId, STARTED, COMPLETED)
  const events = await collect(handle.events())
  expect(events.map((event) => [event.seq, event.type])).toEqual([
    [1, 'run.queued'],
    [2, 'run.started'],
    [3, 'run.completed'],
  ])
  expect(events[0]?.ts).toBeInstanceOf(Date)
})

test('starts after a sequence number', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const handle = await createCodex({ url: server.url }).runs.start({ prompt: 'x' })
  orchestrator.emit(handle.requestId, STARTED, COMPLETED)
  expect((await collect(handle.events({ after: 2 }))).map((event) => event.seq)).toEqual([3])
})

test('ends without events when asked for those after the terminal one', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const handle = await createCodex({ url: server.url }).runs.start({ prompt: 'x' })
  orchestrator.emit(handle.requestId, COMPLETED)
  expect(await collect(handle.events({ after: 2 }))).toEqual([])
})

test('goes on without gap or repeat when the connection is cut again and again', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const handle = await createCodex({ url: server.url, retryDelayMs: 1 }).runs.start({ prompt: 'x' })
  const seen: number[] = []
  for await (const event of handle.events()) {
    seen.push(event.seq)
    if (seen.length < 20) {
      server.dropConnections()
      orchestrator.emit(handle.requestId, WARNING)
    } else if (seen.length === 20) orchestrator.emit(handle.requestId, COMPLETED)
  }
  expect(seen).toEqual(Array.from({ length: 21 }, (_, index) => index + 1))
})

test('goes on when the server is killed and restarted on the same port', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using first = await startTestServer(orchestrator)
  const handle = await createCodex({ url: first.url, retryDelayMs: 5 }).runs.start({ prompt: 'x' })
  const iterator = handle.events()[Symbol.asyncIterator]()
  expect((await iterator.next()).value?.seq).toBe(1)
  await first.stop()
  orchestrator.emit(handle.requestId, STARTED, WARNING)
  const next = iterator.next()
  await using second = await startTestServer(orchestrator, first.port)
  expect((await next).value?.seq).toBe(2)
  expect((await iterator.next()).value?.seq).toBe(3)
  orchestrator.emit(handle.requestId, COMPLETED)
  expect((await iterator.next()).value?.seq).toBe(4)
  expect((await iterator.next()).done).toBe(true)
  expect(second.requests.length).toBeGreaterThan(0)
})

test('goes on when a shutting-down server ends the stream politely', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const handle = await createCodex({ url: server.url, retryDelayMs: 1 }).runs.start({ prompt: 'x' })
  let politely = 2
  server.intercept = (request, response) => {
    if (!request.url?.startsWith('/trpc/runs.watch') || politely-- <= 0) return false
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end('event: connected\ndata: {}\n\nevent: return\ndata: \n\n')
    if (politely === 0) orchestrator.emit(handle.requestId, COMPLETED)
    return true
  }
  expect((await collect(handle.events())).map((event) => event.seq)).toEqual([1, 2])
})

test('gives up with UNAVAILABLE, naming run and event, when the server stays away', async () => {
  const orchestrator = new ScriptedOrchestrator()
  const server = await startTestServer(orchestrator)
  const codex = createCodex({ url: server.url, retryDelayMs: 1, reconnectForMs: 20 })
  const handle = await codex.runs.start({ prompt: 'x' })
  const iterator = handle.events()[Symbol.asyncIterator]()
  await iterator.next()
  await server.stop()
  const error = await iterator.next().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(CodexError)
  expect(error).toMatchObject({ code: 'UNAVAILABLE', data: { requestId: handle.requestId, after: 1 } })
  expect(String(error)).toContain('reconnectForMs')
})

test('a run that does not exist is NOT_FOUND at once', async () => {
  await using server = await startTestServer(new ScriptedOrchestrator())
  const events = createCodex({ url: server.url }).runs.watch('0190b3c4-0000-7000-8000-000000000000')
  await expect(collect(events)).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404, requestId: 'http-1' })
})

test('a stream that the service refuses to open carries its error', async () => {
  await using server = await startTestServer(new ScriptedOrchestrator())
  const events = createCodex({ url: server.url }).runs.watch('not a uuid')
  await expect(collect(events)).rejects.toMatchObject({ code: 'INVALID_REQUEST', issues: [{ path: 'requestId' }] })
})

test('a stream that something else refuses carries its status', async () => {
  await using server = await startTestServer(new ScriptedOrchestrator())
  server.intercept = (_request, response) => {
    response.writeHead(403, { 'content-type': 'text/html' }).end('<h1>no</h1>')
    return true
  }
  const events = createCodex({ url: server.url }).runs.watch('0190b3c4-0000-7000-8000-000000000000')
  await expect(collect(events)).rejects.toMatchObject({ code: 'FORBIDDEN', data: { status: 403 } })
})

test('an event number that was skipped is never handed on as if nothing were missing', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const codex = createCodex({ url: server.url, retryDelayMs: 1, reconnectForMs: 20 })
  const handle = await codex.runs.start({ prompt: 'x' })
  orchestrator.emit(handle.requestId, STARTED, COMPLETED)
  orchestrator.runs.get(handle.requestId)?.events.splice(1, 1)
  const seen: number[] = []
  const reading = (async () => {
    for await (const event of handle.events()) seen.push(event.seq)
  })()
  await expect(reading).rejects.toMatchObject({ code: 'UNAVAILABLE', cause: { code: 'INTERNAL' } })
  expect(seen).toEqual([1])
})

test('leaving the loop closes the connection', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const handle = await createCodex({ url: server.url }).runs.start({ prompt: 'x' })
  for await (const event of handle.events()) {
    expect(event.seq).toBe(1)
    expect(orchestrator.watchers).toBe(1)
    break
  }
  await orchestrator.until(() => orchestrator.watchers === 0)
})

test('aborting rejects with the reason of the signal and closes the connection', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const handle = await createCodex({ url: server.url }).runs.start({ prompt: 'x' })
  const controller = new AbortController()
  const iterator = handle.events({ signal: controller.signal })[Symbol.asyncIterator]()
  await iterator.next()
  const waiting = iterator.next()
  const reason = new Error('had enough')
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await orchestrator.until(() => orchestrator.watchers === 0)
})

test('aborting also ends the pause between two attempts', async () => {
  const orchestrator = new ScriptedOrchestrator()
  const server = await startTestServer(orchestrator)
  const handle = await createCodex({ url: server.url, retryDelayMs: 60_000 }).runs.start({ prompt: 'x' })
  const controller = new AbortController()
  const iterator = handle.events({ signal: controller.signal })[Symbol.asyncIterator]()
  await iterator.next()
  await server.stop()
  const waiting = iterator.next()
  setImmediate(() => controller.abort('enough'))
  await expect(waiting).rejects.toBe('enough')
})

async function collect(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = []
  for await (const event of events) all.push(event)
  return all
}
