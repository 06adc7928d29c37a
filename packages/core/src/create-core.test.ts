import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { queryObjects } from 'node:v8'
import { LLMock } from '@copilotkit/aimock'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Config } from './config/config.ts'
import { readConfig } from './config/read-config.ts'
import { type Core, createCore } from './create-core.ts'
import { SILENT_LOG } from './logging/log.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'

let server: TestDatabase
let folder: string
let config: Config
let answer: () => Promise<{ content: string }> | { content: string }
let asked = 0
const mock = new LLMock({ port: 0, host: '127.0.0.1' })
const REVIEW = { content: JSON.stringify({ summary: 'ok', findings: [], recommendations: [] }) }
const REQUEST = {
  prompt: 'review it',
  agentSequence: ['reviewer'],
  options: { existingFiles: [{ path: 'a.js', content: 'a' }] },
}

beforeAll(async () => {
  server = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'codex-core-'))
  await chmod(folder, 0o755)
  mock.on({ predicate: () => true }, async () => {
    asked += 1
    return await answer()
  })
  await mock.start()
  config = readConfig({
    DATABASE_URL: server.url,
    CODEX_DATA_DIR: folder,
    CODEX_PROBE_MODELS: 'false',
    CODEX_SANDBOX: 'none',
    CODEX_MODEL: 'openai:scripted',
    OPENAI_API_KEY: 'k',
    OPENAI_BASE_URL: `${mock.url}/v1`,
    PATH: '/usr/local/bin:/usr/bin:/bin',
  })
})
afterAll(async () => {
  await mock.stop()
  await server.drop()
  await rm(folder, { recursive: true, force: true })
})

async function query(text: string): Promise<readonly unknown[]> {
  const client = new Client(server.url)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

test('a run that is going when the process stops goes on at the next start, without a trace of the first process', async () => {
  let core: Core = await createCore(config, { log: SILENT_LOG })
  answer = () => new Promise<never>(() => {})
  const { requestId } = await core.orchestrator.submit(REQUEST)
  await expect.poll(() => asked, { timeout: 20_000 }).toBe(1)
  await Promise.all([core.close(), core.close()])
  expect(await query('SELECT id FROM codex.nodes')).toEqual([])
  expect(
    await query("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'codex%' AND datname = current_database()"),
  ).toEqual([])
  expect(await query('SELECT status FROM dbos.workflow_status')).toEqual([{ status: 'ENQUEUED' }])

  answer = () => REVIEW
  core = await createCore(config, { log: SILENT_LOG })
  try {
    const run = await core.orchestrator.wait(requestId, { timeoutMs: 20_000 })
    expect(run).toMatchObject({ status: 'completed', metadata: { success: true } })
    // who asks for more than there is gets the end, not silence
    const seen = []
    for await (const event of core.orchestrator.watch(requestId, { after: 1_000 })) seen.push(event)
    expect(seen).toEqual([])
  } finally {
    await core.close()
  }
})

test('two nodes on one data folder: the second one is refused', async () => {
  answer = () => REVIEW
  const core = await createCore(config, { log: SILENT_LOG })
  try {
    await expect(createCore(config, { log: SILENT_LOG })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`The data folder ${folder} is in use by another server`),
    })
    const { requestId } = await core.orchestrator.submit(REQUEST)
    expect(await core.orchestrator.wait(requestId, untilEnd)).toMatchObject({ status: 'completed' })
  } finally {
    await core.close()
  }
})

test('a run that could not be queued is accepted, since it is stored and will be queued', async () => {
  answer = () => REVIEW
  const core = await createCore(config, { log: SILENT_LOG })
  try {
    await query('ALTER TABLE dbos.workflow_status RENAME COLUMN inputs TO inputs_away')
    const { requestId, created } = await core.orchestrator.submit(REQUEST)
    await query('ALTER TABLE dbos.workflow_status RENAME COLUMN inputs_away TO inputs')
    expect(created).toBe(true)
    await query(`UPDATE codex.runs SET created_at = created_at - interval '1 minute' WHERE id = '${requestId}'`)
    const run = await core.orchestrator.wait(requestId, { timeoutMs: 20_000 })
    expect(run.status).toBe('completed')
  } finally {
    await core.close()
  }
})

const untilEnd = { timeoutMs: 20_000 }

test('a run of a format that only older nodes knew is named by the doctor, and freed by a retry', async () => {
  answer = () => new Promise<never>(() => {})
  const askedBefore = asked
  const old = await createCore(config, { log: SILENT_LOG, formats: ['old'] })
  const { requestId } = await old.orchestrator.submit(REQUEST)
  await expect.poll(() => asked, { timeout: 20_000 }).toBe(askedBefore + 1)
  expect(await query(`SELECT format FROM codex.runs WHERE id = '${requestId}'`)).toEqual([{ format: 'old' }])
  await old.close()

  answer = () => REVIEW
  const core = await createCore(config, { log: SILENT_LOG, formats: ['new'] })
  try {
    // what is of its own format goes past the stuck one
    const own = await core.orchestrator.submit(REQUEST)
    expect(await core.orchestrator.wait(own.requestId, untilEnd)).toMatchObject({ status: 'completed' })
    const report = await core.orchestrator.doctor()
    expect(report).toMatchObject({ healthy: false, stuckTotal: 1, nodes: [{ formats: ['new'], role: 'all' }] })
    expect(report.stuckRuns).toMatchObject([{ requestId, status: 'running', format: 'old', reason: 'unknown_format' }])
    expect(report.stuckRuns[0]?.remedy).toContain(`POST /api/orchestrate/${requestId}/retry`)

    expect(await core.orchestrator.retry(requestId)).toEqual({ requestId, created: false })
    const run = await core.orchestrator.wait(requestId, untilEnd)
    expect(run.status).toBe('completed')
    expect(run.metadata.warnings).toContainEqual(expect.stringContaining('no living node knew format old'))
    expect((await core.orchestrator.doctor()).stuckRuns).toEqual([])
  } finally {
    await core.close()
  }
})

test('a newer version that declares an older format goes on with its runs', async () => {
  answer = () => new Promise<never>(() => {})
  const askedBefore = asked
  const old = await createCore(config, { log: SILENT_LOG, formats: ['1'] })
  const { requestId } = await old.orchestrator.submit(REQUEST)
  await expect.poll(() => asked, { timeout: 20_000 }).toBe(askedBefore + 1)
  await old.close()
  answer = () => REVIEW
  const core = await createCore(config, { log: SILENT_LOG, formats: ['2', '1'] })
  try {
    expect(await core.orchestrator.wait(requestId, untilEnd)).toMatchObject({ status: 'completed' })
    expect(await query(`SELECT format FROM codex.runs WHERE id = '${requestId}'`)).toEqual([{ format: '1' }])
  } finally {
    await core.close()
  }
})

test('a node that takes requests only executes nothing, and says so; one that executes takes its runs', async () => {
  answer = () => REVIEW
  const api = await createCore({ ...config, role: 'api' }, { log: SILENT_LOG })
  const { requestId } = await api.orchestrator.submit(REQUEST)
  // longer than it takes until a node looks into the queue by itself
  expect((await api.orchestrator.wait(requestId, { timeoutMs: 1_500 })).status).toBe('queued')
  expect(await api.orchestrator.nodes()).toMatchObject([{ role: 'api', maxConcurrentRuns: 0, executing: 0 }])
  const report = await api.orchestrator.doctor()
  expect(report.checks['nodes']).toMatchObject({ ok: false, detail: expect.stringContaining('CODEX_ROLE=worker') })
  expect(report.stuckRuns).toMatchObject([{ requestId, remedy: expect.stringContaining('start a node') }])
  await api.close()
  const worker = await createCore({ ...config, role: 'worker' }, { log: SILENT_LOG })
  try {
    expect(await worker.orchestrator.wait(requestId, untilEnd)).toMatchObject({ status: 'completed' })
  } finally {
    await worker.close()
  }
})

test('a submission that is repeated after its deadline finds its run', async () => {
  answer = () => REVIEW
  const core = await createCore(config, { log: SILENT_LOG })
  try {
    const { orchestrator } = core
    const deadline = new Date(Date.now() + 2_000)
    const request = { ...REQUEST, deadline: deadline.toISOString() }
    const first = await orchestrator.submit(request, { idempotencyKey: 'once' })
    await expect.poll(() => Date.now(), { timeout: 10_000 }).toBeGreaterThan(deadline.getTime())
    expect(await orchestrator.submit(request, { idempotencyKey: 'once' })).toEqual({
      requestId: first.requestId,
      created: false,
    })
    const late = { code: 'INVALID_REQUEST', message: expect.stringContaining('deadline') }
    await expect(orchestrator.submit(request, { idempotencyKey: 'another' })).rejects.toMatchObject(late)
    await expect(orchestrator.submit(request)).rejects.toMatchObject(late)
    const other = { ...request, prompt: 'another' }
    await expect(orchestrator.submit(other, { idempotencyKey: 'once' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    })
  } finally {
    await core.close()
  }
})

test('without room on the disk a schedule submits nothing', async () => {
  const core = await createCore({ ...config, minFreeMb: 100_000_000 }, { log: SILENT_LOG })
  try {
    const { schedules } = core.orchestrator
    const { id } = await schedules.create({ name: 'full', cron: '0 0 1 1 *', request: REQUEST, paused: true }, null)
    const unavailable = { code: 'UNAVAILABLE' }
    // the disk is looked at after the start
    const retry = () => core.orchestrator.retry(id).catch((error: unknown) => error)
    await expect.poll(retry, { timeout: 10_000 }).toMatchObject(unavailable)
    await expect(schedules.trigger(id)).rejects.toMatchObject(unavailable)
    expect((await schedules.get(id)).lastRunId).toBeNull()
  } finally {
    await core.close()
  }
})

test('a tick for which there was no room becomes a run once there is, also of another process', async () => {
  answer = () => REVIEW
  const full = await createCore({ ...config, minFreeMb: 100_000_000 }, { log: SILENT_LOG })
  const often = { name: 'often', cron: '* * * * * *', request: REQUEST }
  const { id } = await full.orchestrator.schedules.create(often, null)
  const lastError = async () => (await full.orchestrator.schedules.get(id)).lastError ?? ''
  await expect.poll(lastError, { timeout: 20_000 }).toContain('(it is tried again)')
  const time = (await lastError()).slice(0, new Date().toISOString().length)
  await full.close()
  const core = await createCore(config, { log: SILENT_LOG })
  try {
    const runs = () => query(`SELECT schedule_id FROM codex.runs WHERE idempotency_key = 'schedule:${id}:${time}'`)
    await expect.poll(runs, { timeout: 30_000 }).toEqual([{ schedule_id: id }])
  } finally {
    await core.orchestrator.schedules.remove(id)
    await core.close()
  }
})

const countSignals = (): number => queryObjects(AbortSignal, { format: 'count' })

test('a wait that is over leaves nothing in memory, however long it could have taken', async () => {
  answer = () => REVIEW
  const core = await createCore(config, { log: SILENT_LOG })
  try {
    const { requestId } = await core.orchestrator.submit(REQUEST)
    await core.orchestrator.wait(requestId, untilEnd)
    const before = countSignals()
    for (let n = 0; n < 50; n++) {
      await core.orchestrator.wait(requestId, { timeoutMs: 600_000, signal: new AbortController().signal })
    }
    expect(countSignals() - before).toBeLessThan(10)
  } finally {
    await core.close()
  }
})
