import { BUILT_IN_AGENTS, CodexError, resolveAgentName, TERMINAL_EVENTS, TERMINAL_STATUSES } from '@codex/protocol'
import { expect, test } from 'vitest'
import { createCodex } from './create-codex.ts'
import * as publicExports from './index.ts'
import * as terminal from './terminal.ts'
import { ScriptedOrchestrator } from './testing/scripted-orchestrator.ts'
import { startTestServer } from './testing/test-server.ts'

const COMPLETED = { type: 'run.completed', data: { success: true, verified: true } } as const
const UNKNOWN_RUN = '0190b3c4-0000-7000-8000-000000000000'

test('exports these values and no others', () => {
  expect(Object.keys(publicExports).sort()).toEqual(['CodexError', 'createCodex', 'verifyEvidence', 'verifyWebhook'])
})

test('knows the same terminal events and statuses as the protocol', () => {
  expect(terminal.TERMINAL_EVENTS).toEqual(TERMINAL_EVENTS)
  expect(terminal.TERMINAL_STATUSES).toEqual(TERMINAL_STATUSES)
})

test('the agent names that editors offer are the built-in ones', () => {
  const offered = ['spec', 'code', 'test_generator', 'reviewer', 'debug']
  expect(offered.map((name) => resolveAgentName(name, BUILT_IN_AGENTS)).sort()).toEqual([...BUILT_IN_AGENTS].sort())
})

test('orchestrate waits for the end, across cut connections, with one run', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const waiting = createCodex({ url: server.url, retryDelayMs: 1 }).orchestrate({
    prompt: 'x',
    agentSequence: ['spec'],
  })
  for (let round = 0; round < 3; round++) {
    await orchestrator.until(() => orchestrator.watchers === 1)
    server.dropConnections()
    await orchestrator.until(() => orchestrator.watchers === 0)
  }
  await orchestrator.until(() => orchestrator.watchers === 1)
  const [requestId = ''] = orchestrator.runs.keys()
  orchestrator.emit(requestId, COMPLETED)
  const run = await waiting
  expect(run).toMatchObject({ requestId, status: 'completed', metadata: { success: true } })
  expect(run.metadata.startTime).toBeInstanceOf(Date)
  expect(orchestrator.runs.size).toBe(1)
})

test('result finds the service again when it goes away between the last event and the run', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const handle = await createCodex({ url: server.url, retries: 1, retryDelayMs: 1 }).runs.start({ prompt: 'x' })
  orchestrator.emit(handle.requestId, COMPLETED)
  let outages = 7
  server.intercept = (request) => {
    if (!request.url?.startsWith('/trpc/runs.get') || outages-- <= 0) return false
    request.destroy()
    return true
  }
  expect((await handle.result()).status).toBe('completed')
  expect(outages).toBeLessThan(0)
})

test('result gives up when the service answers with nothing but failures', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const codex = createCodex({ url: server.url, retries: 0, retryDelayMs: 1, reconnectForMs: 30 })
  const handle = await codex.runs.start({ prompt: 'x' })
  orchestrator.emit(handle.requestId, COMPLETED)
  server.intercept = (request) => {
    if (!request.url?.startsWith('/trpc/runs.get')) return false
    request.destroy()
    return true
  }
  await expect(handle.result()).rejects.toMatchObject({ code: 'UNAVAILABLE', data: { requestId: handle.requestId } })
})

test('a start whose answer is lost is repeated under its key and finds the same run', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  server.intercept = (request, response) => {
    // the router does its work, but its answer never gets out
    if (orchestrator.submissions.length === 0) response.end = () => response.destroy()
    return request.url === undefined
  }
  const handle = await createCodex({ url: server.url, retryDelayMs: 1 }).runs.start({ prompt: 'x' })
  expect(orchestrator.submissions).toHaveLength(2)
  expect(orchestrator.submissions[0]?.key).toMatch(/^[0-9a-f]{32}$/)
  expect(orchestrator.submissions[1]).toEqual(orchestrator.submissions[0])
  expect([...orchestrator.runs.keys()]).toEqual([handle.requestId])
})

test('starts with equal input are different runs, unless they share a key', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const { runs } = createCodex({ url: server.url })
  const first = await runs.start({ prompt: 'x' })
  const second = await runs.start({ prompt: 'x' }, { idempotencyKey: 'mine' })
  const third = await runs.start({ prompt: 'x' }, { idempotencyKey: 'mine' })
  expect(second.requestId).not.toBe(first.requestId)
  expect(third.requestId).toBe(second.requestId)
})

test('a handle cancels and reads the patch; result resolves for a cancelled run', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const { runs } = createCodex({ url: server.url })
  const handle = runs.handle((await runs.start({ prompt: 'x' })).requestId)
  expect(await handle.patch()).toBe('patch of x')
  expect((await handle.cancel('changed my mind')).status).toBe('cancelled')
  expect((await handle.result()).status).toBe('cancelled')
  expect(await runs.events(handle.requestId, { after: 1 })).toMatchObject([{ data: { reason: 'changed my mind' } }])
})

test('a result is there as soon as the run waits, and after it was resumed at its end', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const { runs } = createCodex({ url: server.url })
  const handle = await runs.start({ prompt: 'x' })
  await expect(handle.resume()).rejects.toMatchObject({ code: 'CONFLICT', status: 409 })
  const first = handle.result()
  await orchestrator.until(() => orchestrator.watchers === 1)
  orchestrator.emit(handle.requestId, {
    type: 'run.waiting',
    data: { reason: 'budget', message: 'used 5 of 5 tokens' },
  })
  expect((await first).status).toBe('waiting')
  expect((await handle.resume({ budget: { maxTokens: 50 } })).status).toBe('running')
  const second = handle.result()
  await orchestrator.until(() => orchestrator.watchers === 1)
  orchestrator.emit(handle.requestId, COMPLETED)
  expect((await second).status).toBe('completed')
})

test('every read reaches its procedure', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const codex = createCodex({ url: `${server.url}/` })
  const { requestId } = await codex.runs.start({ prompt: 'x' })
  expect((await codex.runs.get(requestId)).requestId).toBe(requestId)
  expect(await codex.runs.list({ limit: 3 })).toEqual({ runs: [], nextCursor: null })
  expect(await codex.runs.file(requestId, 'src/a b.ts')).toBe('content of src/a b.ts')
  expect(await codex.agents.list()).toEqual([])
  expect((await codex.workflows.list())[0]?.name).toBe('default')
  expect(await codex.models.list()).toEqual([])
  expect((await codex.stats()).running).toBe(1)
  expect((await codex.health()).status).toBe('ok')
  expect(await codex.nodes()).toMatchObject([{ role: 'worker', executing: 2, startedAt: expect.any(Date) }])
  expect(await codex.doctor()).toMatchObject({ healthy: true, stuckRuns: [], nodes: [{ formats: ['1'] }] })
  const session = await codex.sessions.create({ title: 'mine' })
  expect(session).toMatchObject({ title: 'mine', createdAt: new Date(0) })
  expect((await codex.sessions.get(session.id)).id).toBe(session.id)
  expect(await codex.sessions.list()).toEqual([])
  expect((await codex.sessions.archive(session.id)).archivedAt).toEqual(new Date(1))
})

test('sends the key as a bearer token with calls and with event streams', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const handle = await createCodex({ url: server.url, apiKey: 'k1' }).runs.start({ prompt: 'x' })
  orchestrator.emit(handle.requestId, COMPLETED)
  await handle.result()
  expect(server.requests.map(({ line }) => line)).toContain('GET /trpc/runs.watch')
  expect(new Set(server.requests.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer k1']))
})

test('what is wrong with the input arrives as issues and is not repeated', async () => {
  await using server = await startTestServer(new ScriptedOrchestrator())
  const error = await createCodex({ url: server.url })
    .orchestrate({ prompt: '  ' })
    .catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(CodexError)
  expect(error).toMatchObject({ code: 'INVALID_REQUEST', status: 400, retryable: false, requestId: 'http-1' })
  expect(error).toMatchObject({ issues: [{ path: 'prompt' }] })
  expect(server.requests).toHaveLength(1)
})

test('Retry-After is heeded when it is short and handed to the caller when it is long', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const { runs } = createCodex({ url: server.url, retryDelayMs: 60_000 })
  await runs.start({ prompt: 'wait a moment' })
  expect(orchestrator.submissions).toHaveLength(2)
  await expect(runs.start({ prompt: 'refuse' })).rejects.toMatchObject({
    code: 'QUEUE_FULL',
    retryable: true,
    retryAfterS: 3_600,
    data: { limit: 10 },
  })
  expect(orchestrator.submissions).toHaveLength(3)
})

test('what nobody asked to be repeated is not repeated', async () => {
  await using server = await startTestServer(new ScriptedOrchestrator())
  server.intercept = (request) => request.destroy() !== undefined
  const codex = createCodex({ url: server.url, retryDelayMs: 1, retries: 2 })
  await expect(codex.sessions.create()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(server.requests).toHaveLength(1)
  await expect(codex.stats()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(server.requests).toHaveLength(1 + 3)
})

test('a server that is not there is UNAVAILABLE with the cause and what to do', async () => {
  const server = await startTestServer(new ScriptedOrchestrator())
  await server.stop()
  const error = await createCodex({ url: server.url, retries: 0 })
    .stats()
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true, cause: expect.any(Error) })
  expect(String(error)).toContain(server.url)
  expect(String(error)).toContain('ECONNREFUSED')
})

test('an answer that is not the orchestrator says so', async () => {
  await using server = await startTestServer(new ScriptedOrchestrator())
  server.intercept = (_request, response) => {
    response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>nothing here</h1>')
    return true
  }
  const stats = createCodex({ url: server.url }).stats()
  await expect(stats).rejects.toMatchObject({ code: 'NOT_FOUND', data: { status: 404 } })
  await expect(stats).rejects.toThrow('does the url point at the orchestrator?')
})

test('a problem document from in front of the router is read like any other error', async () => {
  await using server = await startTestServer(new ScriptedOrchestrator())
  server.intercept = (_request, response) => {
    response.writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': '600' })
    response.end(JSON.stringify({ code: 'RATE_LIMITED', detail: 'slow down', request_id: 'r7', retryable: true }))
    return true
  }
  await expect(createCodex({ url: server.url }).stats()).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    message: 'slow down',
    requestId: 'r7',
    retryAfterS: 600,
  })
})

test('a code that this version does not know is kept in data, with the nearest known one by status', async () => {
  await using server = await startTestServer(new ScriptedOrchestrator())
  server.intercept = (_request, response) => {
    const error = { message: 'new', code: -32000, data: { code: 'BRAND_NEW', status: 409, retryable: false } }
    response.writeHead(409, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { json: error } }))
    return true
  }
  const get = createCodex({ url: server.url }).runs.get(UNKNOWN_RUN)
  await expect(get).rejects.toMatchObject({ code: 'CONFLICT', message: 'new', data: { code: 'BRAND_NEW' } })
})

test('a server that never answers counts as lost after requestTimeoutMs', async () => {
  await using server = await startTestServer(new ScriptedOrchestrator())
  server.intercept = () => true
  const codex = createCodex({ url: server.url, retries: 0, requestTimeoutMs: 20, reconnectForMs: 0 })
  await expect(codex.stats()).rejects.toThrow('requestTimeoutMs')
  await expect(codex.runs.handle(UNKNOWN_RUN).result()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    data: { requestId: UNKNOWN_RUN },
  })
})

test('aborting rejects with the reason of the signal, before and during a call', async () => {
  await using server = await startTestServer(new ScriptedOrchestrator())
  const codex = createCodex({ url: server.url })
  const reason = new Error('had enough')
  await expect(codex.stats({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(server.requests).toHaveLength(0)
  const controller = new AbortController()
  server.intercept = () => {
    controller.abort(reason)
    return true
  }
  await expect(codex.orchestrate({ prompt: 'x' }, { signal: controller.signal })).rejects.toBe(reason)
})

test('settings come from options, then from the environment, then from defaults', async () => {
  const orchestrator = new ScriptedOrchestrator()
  await using server = await startTestServer(orchestrator)
  const before = { CODEX_URL: process.env['CODEX_URL'], CODEX_API_KEY: process.env['CODEX_API_KEY'] }
  try {
    process.env['CODEX_URL'] = server.url
    process.env['CODEX_API_KEY'] = 'from-environment'
    await createCodex().stats()
    await createCodex({ apiKey: 'from-options' }).stats()
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
  expect(server.requests.map(({ authorization }) => authorization)).toEqual([
    'Bearer from-environment',
    'Bearer from-options',
  ])
})

test('works where there is no process and with a fetch of its own', async () => {
  await using server = await startTestServer(new ScriptedOrchestrator())
  const ownFetch: typeof fetch = (input, init) => fetch(input, init)
  const process = Object.getOwnPropertyDescriptor(globalThis, 'process')
  let codex: ReturnType<typeof createCodex>
  Object.defineProperty(globalThis, 'process', { value: undefined, configurable: true })
  try {
    codex = createCodex({ url: server.url, fetch: ownFetch })
  } finally {
    Object.defineProperty(globalThis, 'process', process ?? { value: undefined })
  }
  expect((await codex.health()).status).toBe('ok')
})

test.each([
  [{ url: 'localhost:3000' }, 'url "localhost:3000"'],
  [{ url: '' }, 'url ""'],
  [{ retries: -1 }, 'retries is -1'],
  [{ reconnectForMs: Number.NaN }, 'reconnectForMs is NaN'],
])('refuses %j with a clear error', (options, message) => {
  expect(() => createCodex(options)).toThrow(message)
})
