import { CodexError, ERROR_CODES, ERROR_TABLE } from '@codex/protocol'
import { expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/start-test-server.ts'

const json = { 'content-type': 'application/json' }

async function callTrpc(server: TestServer, path: string, input: unknown) {
  const { status, headers, body } = await server.call('POST', `/trpc/${path}`, { body: { json: input } })
  return { status, headers, error: body.error?.json }
}

test('every code of the table has the same code, status and advice over REST and tRPC', async () => {
  await using server = await startTestServer()
  for (const code of ERROR_CODES) {
    const failure = () =>
      new CodexError(code, `made to fail with ${code}`, {
        issues: [{ path: 'options.coverageGoals', message: 'wrong' }],
        data: { limit: 3 },
        retryAfterS: 2.5,
      })
    server.orchestrator.failNext('submit', failure())
    const rest = await server.call('POST', '/api/orchestrate', { body: { prompt: 'x' } })
    server.orchestrator.failNext('submit', failure())
    const trpc = await callTrpc(server, 'orchestrate', { prompt: 'x' })

    const { status, retryable, title } = ERROR_TABLE[code]
    expect(rest.body).toEqual({
      type: `urn:codex:error:${code.toLowerCase().replaceAll('_', '-')}`,
      title,
      status,
      detail: `made to fail with ${code}`,
      instance: '/api/orchestrate',
      code,
      retryable,
      request_id: rest.headers.get('x-request-id'),
      errors: [{ path: 'options.coverage_goals', message: 'wrong' }],
      data: { limit: 3 },
    })
    expect([rest.status, trpc.status]).toEqual([status, status])
    expect(trpc.error.message).toBe(`made to fail with ${code}`)
    expect(trpc.error.data).toEqual({
      code,
      status,
      httpStatus: status,
      retryable,
      errors: [{ path: 'options.coverageGoals', message: 'wrong' }],
      requestId: trpc.headers.get('x-request-id'),
      retryAfterS: 2.5,
      data: { limit: 3 },
    })
    expect(trpc.headers.get('retry-after')).toBe('3')
    expect(rest.headers.get('retry-after')).toBe(status === 429 || status === 503 ? '3' : null)
  }
})

test('invalid input is the same error over both, each in its own spelling', async () => {
  await using server = await startTestServer()
  const rest = await server.call('POST', '/api/orchestrate', { body: { prompt: 'x', agent_sequence: [], nope: 1 } })
  const trpc = await callTrpc(server, 'orchestrate', { prompt: 'x', agentSequence: [], nope: 1 })
  expect([rest.status, rest.body.code, trpc.status, trpc.error.data.code]).toEqual([
    400,
    'INVALID_REQUEST',
    400,
    'INVALID_REQUEST',
  ])
  const message = 'too small: expected array to have >=1 items'
  expect(rest.body.errors).toEqual([
    { path: 'agent_sequence', message },
    { path: 'nope', message: 'unknown field' },
  ])
  expect(trpc.error.data.errors).toEqual([
    { path: 'agentSequence', message },
    { path: 'nope', message: 'unknown field' },
  ])
})

test('an unexpected error tells the caller nothing and the log everything', async () => {
  await using server = await startTestServer()
  server.orchestrator.failNext('submit', new Error('relation "secret_table" does not exist'))
  const rest = await server.call('POST', '/api/orchestrate', { body: { prompt: 'x' } })
  server.orchestrator.failNext('submit', new TypeError('relation "secret_table" does not exist'))
  const trpc = await callTrpc(server, 'runs.create', { prompt: 'x' })
  expect([rest.status, rest.body.code, trpc.status, trpc.error.data.code]).toEqual([500, 'INTERNAL', 500, 'INTERNAL'])
  expect(JSON.stringify([rest.body, trpc.error])).not.toContain('secret_table')
  expect(JSON.stringify(trpc.error)).not.toContain('stack')
  const logged = server.lines.filter((line) => line.includes('secret_table')).map((line) => JSON.parse(line))
  expect(logged.map((line) => [line.level, line.request_id])).toEqual([
    ['error', rest.body.request_id],
    ['error', trpc.error.data.requestId],
  ])
})

test('what the house must not answer is an INTERNAL error and not a wrong answer', async () => {
  await using server = await startTestServer()
  server.orchestrator.checks = { database: { ok: 'yes', detail: 'answers' } } as never
  const { status, error } = await (async () => {
    const answer = await server.call('GET', '/trpc/system.health')
    return { status: answer.status, error: answer.body.error.json }
  })()
  expect([status, error.data.code]).toEqual([500, 'INTERNAL'])
})

test.each([
  ['broken JSON', { body: '{"prompt": ', headers: json }, 400, 'INVALID_REQUEST', 'not valid JSON'],
  ['an empty body', { body: '', headers: json }, 400, 'INVALID_REQUEST', 'cannot be empty'],
  ['a poisoned body', { body: '{"__proto__": {"x": 1}}', headers: json }, 400, 'INVALID_REQUEST', 'not valid JSON'],
  [
    'another type',
    { body: 'prompt=x', headers: { 'content-type': 'text/plain' } },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'application/json',
  ],
  ['a large body', { body: { prompt: 'x'.repeat(1_000_100) } }, 413, 'PAYLOAD_TOO_LARGE', '1000000 bytes'],
])('refuses %s with a problem document', async (_name, options, status, code, detail) => {
  await using server = await startTestServer()
  const answer = await server.call('POST', '/api/orchestrate', options)
  expect([answer.status, answer.body.code, answer.body.status]).toEqual([status, code, status])
  expect(answer.body.detail).toContain(detail)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
})

test('a request without body and type says that the body is missing', async () => {
  await using server = await startTestServer()
  const { status, body } = await server.call('POST', '/api/orchestrate')
  expect([status, body.code, body.detail]).toEqual([400, 'INVALID_REQUEST', 'expected object, received null'])
})

test('a wrong path is a 404, a wrong method a 405 that names the right ones', async () => {
  await using server = await startTestServer()
  const path = await server.call('GET', '/api/nothing')
  expect([path.status, path.body.code]).toEqual([404, 'NOT_FOUND'])
  const method = await server.call('PUT', '/api/orchestrate', { body: {} })
  expect([method.status, method.body.code]).toEqual([405, 'METHOD_NOT_ALLOWED'])
  expect(method.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST'])
  const bad = await server.call('GET', '/api/orchestrate/%zz')
  expect([bad.status, bad.body.code]).toEqual([400, 'INVALID_REQUEST'])
})

test('tRPC clients get errors of their form also where tRPC never saw the request', async () => {
  await using server = await startTestServer()
  const large = await callTrpc(server, 'runs.create', { prompt: 'x'.repeat(1_000_100) })
  expect([large.status, large.error.data.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  const broken = await server.call('POST', '/trpc/runs.create', { body: '{"json": ', headers: json })
  expect([broken.status, broken.body.error.json.data.code]).toEqual([400, 'INVALID_REQUEST'])
  const procedure = await server.call('GET', '/trpc/runs.nothing')
  expect([procedure.status, procedure.body.error.json.data.code]).toEqual([404, 'NOT_FOUND'])
  const method = await server.call('GET', `/trpc/runs.create?input=${encodeURIComponent('{"json":{"prompt":"x"}}')}`)
  expect([method.status, method.body.error.json.data.code]).toEqual([405, 'METHOD_NOT_ALLOWED'])
})

test('keeps a sane request id and replaces any other', async () => {
  await using server = await startTestServer()
  const id = async (given: string) =>
    (await server.call('GET', '/api/nothing', { headers: { 'x-request-id': given } })).body.request_id
  expect(await id('trace-0123456789')).toBe('trace-0123456789')
  expect(await id('a b')).toMatch(/^[0-9a-f-]{36}$/)
  expect(await id('x'.repeat(129))).toMatch(/^[0-9a-f-]{36}$/)
})

test('a client that is still sending a body that is too large reads the refusal', async () => {
  await using server = await startTestServer()
  const answer = await server.call('POST', '/api/orchestrate', { body: { prompt: 'x'.repeat(30_000_000) } })
  expect([answer.status, answer.body]).toMatchObject([413, { code: 'PAYLOAD_TOO_LARGE' }])
})
