import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodexError } from '@codex/protocol'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Core } from '../create-core.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../engine/embedded-postgres/index.ts'
import { type HeldCore, PATIENCE, REQUEST, startHeldCore } from './held-core.fixture.ts'

const LONG_MS = 120_000

let folder: string
let postgres: EmbeddedPostgres
let held: HeldCore
let core: Core

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codex-outage-'))
  await chmod(folder, 0o755)
  postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') })
  held = await startHeldCore(postgres.url, join(folder, 'data'))
  core = held.core
}, LONG_MS)
afterAll(async () => {
  await held.close()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}, LONG_MS)

/** How a call fails and how long that takes, seconds. */
async function refusal(call: () => Promise<unknown>) {
  const start = performance.now()
  const error: unknown = await call().then(
    () => null,
    (reason: unknown) => reason,
  )
  const seconds = (performance.now() - start) / 1_000
  return { code: CodexError.isInstance(error) ? error.code : String(error), seconds }
}

async function expectEverythingWorks(requestId: string): Promise<void> {
  await expect.poll(async () => (await core.orchestrator.health()).checks['database']?.ok, PATIENCE).toBe(true)
  expect(await core.orchestrator.wait(requestId, { timeoutMs: 60_000 })).toMatchObject({ status: 'completed' })
  const { requestId: next } = await core.orchestrator.submit(REQUEST)
  expect(await core.orchestrator.wait(next, { timeoutMs: 60_000 })).toMatchObject({ status: 'completed' })
}

test(
  'a database that is frozen: requests fail soon, and everything goes on when it moves again',
  async () => {
    const { requestId, release } = await held.startHeldRun()
    process.kill(postgres.pid, 'SIGSTOP')
    const backends = await childrenOf(postgres.pid)
    for (const pid of backends) process.kill(pid, 'SIGSTOP')
    try {
      const first = await refusal(() => core.orchestrator.submit(REQUEST))
      expect(first.code).toBe('UNAVAILABLE')
      expect(first.seconds).toBeLessThan(10)
      const many = await Promise.all(Array.from({ length: 100 }, () => refusal(() => core.orchestrator.get(requestId))))
      expect(new Set(many.map(({ code }) => code))).toEqual(new Set(['UNAVAILABLE']))
      expect(Math.max(...many.map(({ seconds }) => seconds))).toBeLessThan(1)
      expect(await core.orchestrator.health()).toMatchObject({
        status: 'unavailable',
        checks: { database: { ok: false } },
      })
      release()
    } finally {
      for (const pid of [postgres.pid, ...backends]) process.kill(pid, 'SIGCONT')
    }
    await expectEverythingWorks(requestId)
  },
  LONG_MS,
)

test(
  'connections that are cut: nothing is lost',
  async () => {
    const { requestId, release } = await held.startHeldRun()
    const client = new Client(postgres.url)
    await client.connect()
    for (let round = 0; round < 3; round += 1) {
      await client.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = $1',
        ['client backend'],
      )
    }
    await client.end()
    release()
    await expectEverythingWorks(requestId)
  },
  LONG_MS,
)

test(
  'a database that is restarted: refused while it is away, and runs end without a restart of the service',
  async () => {
    const { requestId, release } = await held.startHeldRun()
    const port = new URL(postgres.url).port
    await postgres.stop()
    await expect.poll(async () => (await core.orchestrator.health()).checks['database']?.ok, PATIENCE).toBe(false)
    const waiting = core.orchestrator.wait(requestId, { timeoutMs: 90_000 })
    const { code, seconds } = await refusal(() => core.orchestrator.submit(REQUEST))
    expect(code).toBe('UNAVAILABLE')
    expect(seconds).toBeLessThan(1)
    release()
    postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), settings: { port } })
    await expectEverythingWorks(requestId)
    expect(await waiting).toMatchObject({ status: 'completed' })
  },
  LONG_MS,
)

/** Linux only, like the rest of what this test needs. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.trim().split(' ').filter(Boolean).map(Number)
}
