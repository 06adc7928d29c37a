import { randomUUID } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SILENT_LOG } from '../../logging/log.ts'
import type { RunPlan } from '../../orchestrator/plan.ts'
import { claimRun } from '../../store/claim-run.ts'
import { compactRun, unpackRun } from '../../store/compact-run.ts'
import { type Database, openDatabase } from '../../store/database.ts'
import { migrateDatabase } from '../../store/migrate.ts'
import { readEvents } from '../../store/read-events.ts'
import { readCalls } from '../../store/read-run.ts'
import { recordRun } from '../../store/record-run.ts'
import { removeRun } from '../../store/remove-runs.ts'
import { removeUnused } from '../../store/remove-unused.ts'
import { archiveSession, createSession } from '../../store/sessions.ts'
import { type NewRun, submitRun } from '../../store/submit-run.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/index.ts'
import { migrateEngine } from '../engine.ts'
import { createCompaction } from './compaction.ts'
import { forgetEndedWorkflows } from './forget-workflows.ts'
import { alone } from './housekeeping.ts'
import { removeExpired } from './retention.ts'

let server: TestDatabase
let database: Database

beforeEach(async () => {
  server = await createTestDatabase()
  await migrateDatabase(server.url, async () => {})
  database = openDatabase(server.url, { onError: () => {} })
})
afterEach(async () => {
  await database.close()
  await server.drop()
})

async function submit(run: Partial<NewRun> = {}): Promise<string> {
  const id = uuidv7()
  const plan = { warnings: [] } as unknown as RunPlan // not looked at here
  const whole = { id, prompt: 'x', plan, agentSequence: [], workflow: null, sessionId: null, labels: {}, ...run }
  await submitRun(database.pool, { idempotencyKey: null, requestDigest: 'd', ...whole }, 100)
  return id
}

/** A run that ended so many days ago, with 12 events and 3 calls. */
async function end(run: Partial<NewRun> = {}, days = 10): Promise<string> {
  const id = await submit(run)
  const epoch = (await claimRun(database.pool, id, 'node'))?.epoch ?? 0
  await recordRun(database.pool, {
    runId: id,
    epoch,
    calls: [
      {
        stepId: 'a',
        attempt: 1,
        n: 0,
        kind: 'model',
        requestDigest: 'q',
        result: { text: 'line\nbreak "quoted" \u2028' },
      },
      { stepId: 'a', attempt: 1, n: 1, kind: 'command', requestDigest: 'q', result: [null, false] },
      { stepId: 'a', attempt: 1, n: 2, kind: 'model', requestDigest: 'q', result: { number: 1e-7, z: 1, a: [] } },
    ],
    events: Array.from({ length: 9 }, (_, n) => ({
      type: 'warning.raised' as const,
      data: { message: `warning ${n}` },
      ...(n % 2 === 0 ? {} : { stepId: 'a', attempt: 1 }),
    })),
  })
  await recordRun(database.pool, {
    runId: id,
    epoch,
    run: { status: 'completed', endedAt: new Date(Date.now() - days * 86_400_000) },
    events: [{ type: 'run.completed', data: { success: true, verified: true } }],
  })
  return id
}

async function left(table: string): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)
  return rows[0]?.n ?? -1
}

const engine = { forget: async () => {} }
const workspaces = { remove: async () => {} }

test('removes runs that ended before the limit, with their rows and files, and leaves the others', async () => {
  const old = await end()
  const others = [await end({}, 1), await submit()]
  await compactRun(database.pool, old)
  const gone: string[] = []
  const forgotten: string[] = []
  const settings = {
    pool: database.pool,
    workspaces: { remove: async (id: string) => void gone.push(id) },
    engine: { forget: async (ids: readonly string[]) => void forgotten.push(...ids) },
    log: SILENT_LOG,
  }
  expect(await removeExpired(settings, 7)).toBe(1)
  expect({ gone, forgotten }).toEqual({ gone: [old], forgotten: [old] })
  const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM codex.runs')
  expect(rows.map((row) => row.id).sort()).toEqual(others.sort())
  expect(await left('codex.archives')).toBe(0)
})

test('never removes a run that one which goes on needs', async () => {
  const session = await createSession(database.pool, {})
  const sameSession = await end({ sessionId: session.id })
  const origin = await end()
  const files = await end()
  const source = { kind: 'run', runId: files, tree: 't' }
  const going = [
    await submit({ sessionId: session.id }),
    await submit({ originId: origin, originKind: 'retry' }),
    await submit({ plan: { warnings: [], source } as unknown as RunPlan }),
  ]
  const settings = { pool: database.pool, workspaces, engine, log: SILENT_LOG }
  expect(await removeExpired(settings, 7)).toBe(0)
  for (const id of [sameSession, origin, files]) {
    await expect(removeRun(database.pool, id)).rejects.toMatchObject({ code: 'CONFLICT' })
  }
  await expect(removeRun(database.pool, going[0] ?? '')).rejects.toMatchObject({ code: 'CONFLICT' })
  await expect(removeRun(database.pool, randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await database.pool.query(`UPDATE codex.runs SET status = 'cancelled', ended_at = now() WHERE status = 'queued'`)
  expect(await removeExpired(settings, 7)).toBe(3)
})

test('packs runs that ended long enough ago, and what is read of them stays the same', async () => {
  const ids = [await end({}, 3), await end({}, 2), await end({}, 0)]
  const read = async (id: string) => ({
    events: await readEvents(database.pool, id, { after: 0, limit: 1_000 }),
    page: await readEvents(database.pool, id, { after: 4, limit: 3 }),
    end: await readEvents(database.pool, id, { after: 12, limit: 3 }),
    calls: await readCalls(database, id),
  })
  const before = await Promise.all(ids.map(read))
  const compaction = createCompaction(database.pool, 24)
  expect(await compaction.run()).toBe(2)
  expect(await compaction.run()).toBe(0)
  expect(await Promise.all(ids.map(read))).toEqual(before)
  expect([await left('codex.events'), await left('codex.calls'), await left('codex.archives')]).toEqual([12, 3, 4])
  expect(before[0]?.events).toHaveLength(12)
  expect(before[0]?.page.map(({ seq }) => seq)).toEqual([5, 6, 7])
  // and back, byte by byte
  await unpackRun(database.pool, ids[0] ?? '')
  expect(await read(ids[0] ?? '')).toEqual(before[0])
  expect(await left('codex.archives')).toBe(2)
})

test('a run that goes on is not packed, and packing twice at once is packing once', async () => {
  const going = await submit()
  expect(await compactRun(database.pool, going)).toBe(false)
  const ended = await end()
  const outcomes = await Promise.all([1, 2, 3].map(() => compactRun(database.pool, ended)))
  expect(outcomes.filter(Boolean)).toHaveLength(1)
  expect(await readEvents(database.pool, ended, { after: 0, limit: 100 })).toHaveLength(12)
})

test('removes contents, bases and sessions that nothing refers to', async () => {
  const unused = await createSession(database.pool, {})
  const used = await createSession(database.pool, {})
  const open = await createSession(database.pool, {})
  for (const { id } of [unused, used]) await archiveSession(database.pool, id)
  await database.pool.query(
    `UPDATE codex.sessions SET archived_at = now() - interval '2 days' WHERE archived_at IS NOT NULL`,
  )
  const source = { kind: 'run', runId: randomUUID(), tree: 'source' }
  const plan = { warnings: [], source, session: { given: { spec: 'given' } } } as unknown as RunPlan
  const id = await submit({ sessionId: used.id, plan })
  await database.pool.query(`UPDATE codex.runs SET base_tree = 'base' WHERE id = $1`, [id])
  await database.pool.query(
    `INSERT INTO codex.packs (run_id, tree, base_tree, n, content) VALUES ($1, 'x', 'chain', 0, '')`,
    [id],
  )
  await database.pool.query(`INSERT INTO codex.base_packs (tree, content, used_at)
    SELECT t, '', now() - interval '2 days' FROM unnest('{base,source,chain,gone}'::text[]) t`)
  await database.pool.query(`INSERT INTO codex.artifacts (digest, kind, content, created_at)
    SELECT t, 'spec', '{}', now() - interval '2 days' FROM unnest('{given,nobodys}'::text[]) t`)
  expect(await removeUnused(database.pool)).toEqual({ artifacts: 1, basePacks: 1, sessions: 1 })
  const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM codex.sessions')
  expect(rows.map((row) => row.id).sort()).toEqual([used.id, open.id].sort())
})

test('the engine forgets what ended a day ago, whatever it was, and nothing that goes on', async () => {
  await migrateEngine(server.url)
  const going = await submit()
  const day = 86_400_000
  const add = async (id: string, status: string, updatedAt: number) => {
    await database.pool.query(
      `INSERT INTO dbos.workflow_status (workflow_uuid, status, name, created_at, updated_at) VALUES ($1, $2, 'w', $3, $3)`,
      [id, status, updatedAt],
    )
  }
  const now = Date.now()
  await add('old', 'SUCCESS', now - 2 * day)
  await add('old-error', 'ERROR', now - 2 * day)
  await add('young', 'SUCCESS', now - 1_000)
  await add('pending', 'PENDING', now - 2 * day)
  await add(going, 'CANCELLED', now - 2 * day)
  const forgotten: string[] = []
  const forget = async (ids: readonly string[]) => void forgotten.push(...ids)
  expect(await forgetEndedWorkflows({ pool: database.pool, engine: { forget } }, now)).toBe(2)
  expect(forgotten.sort()).toEqual(['old', 'old-error'])
})

test('of many nodes one cleans up at a time', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const first = alone(database.pool, async () => {
    begun.resolve()
    await promise
  })
  await begun.promise
  let wasCalled = false
  const second = await alone(database.pool, async () => {
    wasCalled = true
  })
  expect([second, wasCalled]).toEqual([false, false])
  resolve()
  expect(await first).toBe(true)
  expect(await alone(database.pool, async () => {})).toBe(true)
  // also after one that failed
  await expect(alone(database.pool, () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  await expect.poll(() => alone(database.pool, async () => {})).toBe(true)
})
