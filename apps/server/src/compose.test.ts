import { run, runEvent, runPage, toWireSchema } from '@codex/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type RunningServer, startServer } from './compose.ts'
import { readEnvironment } from './env.ts'
import { createLog } from './log/create-log.ts'
import { type CallOptions, callServer } from './testing/call-server.ts'
import { readAllEvents } from './testing/read-events.ts'
import { createTemporaryFolder, type TemporaryFolder } from './testing/temporary-folder.ts'

const PROMPT = 'Create a simple HTTP server in Node.js'
let folder: TemporaryFolder
let server: RunningServer

// one house for all tests: it is what they are about, and there can only be one in a process
beforeAll(async () => {
  folder = await createTemporaryFolder()
  const { config, corsOrigins } = readEnvironment(
    { PATH: process.env['PATH'], CODEX_DATA_DIR: folder.path, PORT: '0', CODEX_PROBE_MODELS: 'false' },
    { isTerminal: false },
  )
  server = await startServer({ config, corsOrigins, log: createLog({ level: 'silent', write: () => {}, secrets: [] }) })
})
afterAll(async () => {
  await server?.stop()
  await folder?.[Symbol.asyncDispose]()
})

const call = (method: string, path: string, options?: CallOptions) =>
  callServer(`${server.url}${path}`, method, options)
const post = (body: unknown, headers: Record<string, string> = {}) =>
  call('POST', '/api/orchestrate', { body, headers })

test('a run over REST ends with what its schema says, and its events, patch and files can be read', async () => {
  const { status, body } = await post({
    prompt: PROMPT,
    context: { language: 'javascript' },
    agent_sequence: ['spec', 'code', 'reviewer'],
    metadata: { team: 'a' },
  })
  expect(status).toBe(200)
  expect(z.safeParse(toWireSchema(run), body).error).toBeUndefined()
  expect(body.metadata.agent_sequence).toEqual(['Spec', 'Code', 'Reviewer'])
  expect(body.status).toBe('completed')

  const place = `/api/orchestrate/${body.request_id}`
  const events = await readAllEvents(await fetch(`${server.url}${place}/events`))
  expect(events.map(({ data }) => data.seq)).toEqual(events.map((_, index) => index + 1))
  for (const { data } of events) expect(z.safeParse(toWireSchema(runEvent), data).error).toBeUndefined()
  expect(events.at(-1)?.event).toBe('run.completed')
  const last = events.at(-1)?.id ?? ''
  expect((await call('GET', `${place}/events`, { headers: { 'last-event-id': last } })).status).toBe(204)

  expect((await call('GET', `${place}/patch`)).body).toBe(body.result.patch)
  const [edit] = body.result.changes.edits
  const file = await call('GET', `${place}/files/${edit.path}`)
  expect([file.status, file.body]).toEqual([200, edit.content])
  expect((await call('GET', `${place}/files/..%2f..%2fetc%2fpasswd`)).status).toBe(404)

  const { body: page } = await call('GET', '/api/orchestrate?status=completed&agent=review&limit=1')
  expect(z.safeParse(toWireSchema(runPage), page).error).toBeUndefined()
  expect(page.runs[0].request_id).toBe(body.request_id)
})

test('a run over tRPC is the same run over REST', async () => {
  const created = await call('POST', '/trpc/orchestrate', {
    body: { json: { prompt: PROMPT, agentSequence: ['spec'] } },
  })
  const { requestId, status } = created.body.result.data.json
  expect(status).toBe('completed')
  const rest = await call('GET', `/api/orchestrate/${requestId}`)
  expect(rest.body).toMatchObject({ request_id: requestId, result: { spec: { schema_version: 1 } } })
})

test('errors of the house arrive with their place in the request', async () => {
  const unknown = await post({ prompt: PROMPT, agent_sequence: ['spec', 'wizard'] })
  expect([unknown.status, unknown.body.code, unknown.body.errors[0]?.path]).toEqual([
    400,
    'UNKNOWN_AGENT',
    'agent_sequence.1',
  ])
  const impossible = await post({ prompt: PROMPT, agent_sequence: ['reviewer'] })
  expect([impossible.status, impossible.body.code]).toEqual([400, 'UNSATISFIABLE_SEQUENCE'])
})

test('Idempotency-Key and respond-async work against the house', async () => {
  const headers = { 'idempotency-key': 'k-1', prefer: 'respond-async' }
  const first = await post({ prompt: PROMPT, agent_sequence: ['spec'] }, headers)
  const second = await post({ prompt: PROMPT, agent_sequence: ['spec'] }, headers)
  const id = first.body.request_id
  expect(second.body.request_id).toBe(id)
  const other = await post({ prompt: PROMPT, agent_sequence: ['spec', 'code'] }, headers)
  expect(other.status).toBe(422)
  const cancelled = await call('POST', `/api/orchestrate/${id}/cancel`)
  expect(cancelled.status).toBe(200)
  expect(['cancelled', 'completed']).toContain(cancelled.body.status)
})
