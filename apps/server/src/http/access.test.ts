import { expect, test } from 'vitest'
import { startTestServer } from '../testing/start-test-server.ts'

const KEY = 'first-key-0123456789'
const OTHER = 'second-key-0123456789'

test('with keys, API, tRPC and metrics ask for one; probes and the contract do not', async () => {
  await using server = await startTestServer({ apiKeys: [KEY, OTHER] })
  for (const path of ['/api/agents', '/api/stats', '/metrics', '/api/nothing']) {
    const { status, headers, body } = await server.call('GET', path)
    expect([path, status, body.code]).toEqual([path, 401, 'UNAUTHENTICATED'])
    expect(headers.get('www-authenticate')).toBe('Bearer realm="codex"')
  }
  const trpc = await server.call('GET', '/trpc/agents.list')
  expect([trpc.status, trpc.body.error.json.data.code]).toEqual([401, 'UNAUTHENTICATED'])
  for (const path of ['/health', '/ready', '/openapi.json', '/docs/', '/docs/js/scalar.js']) {
    expect([path, (await server.call('GET', path)).status]).toEqual([path, 200])
  }
})

test('a worker answers probes, and says of everything else that it only executes runs', async () => {
  await using server = await startTestServer({ role: 'worker' })
  for (const path of ['/health', '/ready', '/metrics']) expect((await server.call('GET', path)).status).toBe(200)
  for (const [method, path] of [
    ['GET', '/api/agents'],
    ['POST', '/api/orchestrate'],
    ['GET', '/trpc/system.stats'],
    ['GET', '/docs/'],
    ['GET', '/api/nothing'],
  ] as const) {
    const { status, body } = await server.call(method, path, method === 'POST' ? { body: { prompt: 'x' } } : {})
    expect([path, status]).toEqual([path, 503])
    expect(JSON.stringify(body)).toContain('this node only executes runs')
  }
})

test.each(['api', 'all'] as const)('a node of role %s answers requests', async (role) => {
  await using server = await startTestServer({ role })
  expect((await server.call('GET', '/api/agents')).status).toBe(200)
})

test.each([
  [{ authorization: `Bearer ${KEY}` }, 200],
  [{ authorization: `bearer  ${OTHER}` }, 200],
  [{ 'x-api-key': KEY }, 200],
  [{ authorization: `Bearer ${KEY}x` }, 401],
  [{ authorization: `Bearer ${KEY.slice(0, -1)}` }, 401],
  [{ authorization: `Basic ${KEY}` }, 401],
  [{ authorization: KEY }, 401],
  [{ 'x-api-key': '' }, 401],
  [{ 'x-api-key': 'wrong' }, 401],
])('%j is answered with %i', async (headers, status) => {
  await using server = await startTestServer({ apiKeys: [KEY, OTHER] })
  const given = headers as Record<string, string>
  expect((await server.call('GET', '/api/agents', { headers: given })).status).toBe(status)
  expect((await server.call('GET', '/trpc/agents.list', { headers: given })).status).toBe(status)
})

test('the house is told whose key asks, over REST and tRPC; two keys are two callers', async () => {
  await using server = await startTestServer({ apiKeys: [KEY, OTHER] })
  const principalOf = async (path: string, key: string, body: unknown) => {
    const since = server.orchestrator.calls.length
    await server.call('POST', path, { headers: { authorization: `Bearer ${key}`, prefer: 'respond-async' }, body })
    const { argument } = await server.orchestrator.nextCall('submit', since)
    return (argument as { options: { principal: string | null } }).options.principal
  }
  const first = await principalOf('/api/orchestrate', KEY, { prompt: 'one' })
  expect(first).toMatch(/^[0-9a-f]{12}$/)
  expect(await principalOf('/trpc/runs.create', KEY, { json: { prompt: 'two' } })).toBe(first)
  expect(await principalOf('/api/orchestrate', OTHER, { prompt: 'three' })).not.toBe(first)
})

test('a server without keys has callers without a name', async () => {
  await using server = await startTestServer()
  await server.call('POST', '/api/orchestrate', { headers: { prefer: 'respond-async' }, body: { prompt: 'one' } })
  const { argument } = await server.orchestrator.nextCall('submit', 0)
  expect(argument).toMatchObject({ options: { principal: null } })
})

test('neither key nor token nor cookie nor a secret in an error reaches the log', async () => {
  await using server = await startTestServer({ apiKeys: [KEY] })
  const headers = { authorization: `Bearer ${KEY}`, 'x-api-key': 'wrong-key-9876543210', cookie: 'sid=abcdef123456' }
  await server.call('GET', '/api/agents', { headers })
  await server.call('GET', '/api/agents', { headers: { 'x-api-key': 'wrong-key-9876543210' } })
  const secrets = [
    `the key ${KEY} was refused`,
    'connect postgres://codex:hunter2hunter2@db:5432/codex failed',
    'provider said: Incorrect API key provided: sk-proj-abcdefghijklmnop1234',
    'header was Authorization: Bearer abcdefghijklmnop',
  ]
  for (const secret of secrets) {
    server.orchestrator.failNext('stats', new Error('outer', { cause: new Error(secret) }))
    await server.call('GET', '/api/stats', { headers })
  }
  const log = server.lines.join('')
  expect(log.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(secrets.length)
  for (const secret of [KEY, 'wrong-key', 'sid=', 'abcdef123456', 'hunter2', 'sk-proj', 'abcdefghijklmnop']) {
    expect(log).not.toContain(secret)
  }
  for (const line of server.lines) expect(() => JSON.parse(line)).not.toThrow()
})

test('the query, where tRPC puts prompts, is not logged', async () => {
  await using server = await startTestServer()
  await server.call('GET', '/api/orchestrate?q=private-words')
  expect(server.lines.join('')).toContain('/api/orchestrate')
  expect(server.lines.join('')).not.toContain('private-words')
})

test.each([
  ['127.0.0.1:3000', 200],
  ['localhost:3000', 200],
  ['LOCALHOST', 200],
  ['[::1]:3000', 200],
  ['evil.example', 403],
  ['127.0.0.1.evil.example:3000', 403],
  ['192.168.0.7:3000', 403],
])('without keys a request for the host %s is answered with %i', async (host, status) => {
  await using server = await startTestServer()
  const answer = await server.app.inject({ method: 'GET', url: '/api/agents', headers: { host } })
  expect(answer.statusCode).toBe(status)
})

test('with keys any host will do: a page that rebinds a name has no key', async () => {
  await using server = await startTestServer({ apiKeys: [KEY] })
  const headers = { host: 'codex.example', 'x-api-key': KEY }
  expect((await server.app.inject({ method: 'GET', url: '/api/agents', headers })).statusCode).toBe(200)
})

test('pages of other sites are turned away, also before a preflight', async () => {
  await using server = await startTestServer()
  for (const origin of ['https://evil.example', 'null', 'http://localhost:1']) {
    const { status, body } = await server.call('GET', '/api/agents', { headers: { origin } })
    expect([status, body.code]).toEqual([403, 'FORBIDDEN'])
    const preflight = await server.call('OPTIONS', '/api/orchestrate', {
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    expect(preflight.status).toBe(403)
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
  }
  const trpc = await server.call('GET', '/trpc/agents.list', { headers: { origin: 'https://evil.example' } })
  expect([trpc.status, trpc.body.error.json.data.code]).toEqual([403, 'FORBIDDEN'])
  const own = await server.call('GET', '/api/agents', { headers: { origin: server.url } })
  expect(own.status).toBe(200)
})

test('an allowed origin gets through, its preflight without a key', async () => {
  const origin = 'https://app.example'
  await using server = await startTestServer({ corsOrigins: [origin], apiKeys: [KEY] })
  const preflight = await server.call('OPTIONS', '/api/orchestrate', {
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  })
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin])
  const answer = await server.call('GET', '/api/agents', { headers: { origin, 'x-api-key': KEY } })
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, origin])
  expect((await server.call('GET', '/api/agents', { headers: { origin } })).status).toBe(401)
})

test('answers carry the headers that keep browsers strict', async () => {
  await using server = await startTestServer()
  const { headers } = await server.call('GET', '/api/agents')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(headers.get('x-powered-by')).toBeNull()
})
