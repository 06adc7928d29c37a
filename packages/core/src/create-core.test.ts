import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
