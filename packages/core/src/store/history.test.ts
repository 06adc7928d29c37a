import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { type Database, openDatabase } from './database.ts'
import { listRuns } from './list-runs.ts'
import { migrateDatabase } from './migrate.ts'
import { createStatsReader } from './run-stats.ts'
import { archiveSession, createSession, getSession, updateSession } from './sessions.ts'

let server: TestDatabase
let database: Database

beforeAll(async () => {
  server = await createTestDatabase()
  await migrateDatabase(server.url, async () => {})
  database = openDatabase(server.url, { onError: () => {} })
})
afterAll(async () => {
  await database.close()
  await server.drop()
})

const HISTORY = `INSERT INTO codex.runs (id, status, prompt, plan, agent_sequence, labels, request_digest, summary,
    ended_at, created_at, stored_bytes, success)
  SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, CASE WHEN n % 10 = 0 THEN 'failed' ELSE 'completed' END,
    'prompt number' || n || ' about topic' || n % 97, '{"warnings": [], "groups": []}', '{Spec}', '{}', 'd',
    'made thing' || n, now() - interval '2 days' + n * interval '1 second', now() - interval '2 days', 1000, true
  FROM generate_series(1, $1::int) n`
const STEPS = `INSERT INTO codex.steps (run_id, id, position, agent, status, attempts, usage, cost_usd, artifacts)
  SELECT id, 'spec', 0, 'Spec', 'completed', 1,
    '{"inputTokens": 10, "outputTokens": 5, "totalTokens": 15, "cachedInputTokens": 0, "modelCalls": 1}', 0.5, '{}'
  FROM codex.runs`

/** Names of the relations that a statement would read from end to end. */
async function scanned(text: string, values: unknown[] = []): Promise<string[]> {
  const { rows } = await database.pool.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON) ${text}`, values)
  return [...JSON.stringify(rows).matchAll(/"Node Type":"Seq Scan"[^}]*?"Relation Name":"(\w+)"/g)].map(
    ([, name]) => name ?? '',
  )
}

/** Statements that a call makes, with their values. */
async function statementsOf(call: () => Promise<unknown>): Promise<{ text: string; values: unknown[] }[]> {
  const seen: { text: string; values: unknown[] }[] = []
  const { query } = database.pool
  const spied = (config: string | { text: string; values?: unknown[] }, values?: unknown[]): unknown => {
    const given = typeof config === 'string' ? { text: config } : config
    seen.push({ text: given.text, values: values ?? given.values ?? [] })
    return Reflect.apply(query, database.pool, [config, values])
  }
  database.pool.query = spied as typeof query // every form that is used passes through
  try {
    await call()
  } finally {
    database.pool.query = query
  }
  return seen
}

const ROWS = 20_000

test('figures, searches and pages over a long history read no table from end to end', async () => {
  await database.pool.query(HISTORY, [ROWS])
  await database.pool.query(STEPS)
  await database.pool.query('VACUUM ANALYZE codex.runs, codex.steps')
  const readStats = createStatsReader(database.pool)
  const first = await readStats()
  expect(first).toMatchObject({
    totals: { completed: ROWS * 0.9, failed: ROWS * 0.1, cancelled: 0 },
    usage: { inputTokens: ROWS * 10, outputTokens: ROWS * 5, modelCalls: ROWS },
    costUsd: ROWS * 0.5,
    running: 0,
  })
  expect(first.storage.runsBytes).toBe(ROWS * 1_000)
  expect(first.storage.databaseBytes).toBeGreaterThan(1_000_000)

  const reads = [
    ...(await statementsOf(async () => expect(await readStats()).toMatchObject({ totals: first.totals }))),
    ...(await statementsOf(() => listRuns(database, { q: 'number777', limit: 10 }))),
    ...(await statementsOf(() => listRuns(database, { q: 'topic5 -number102', limit: 10 }))),
    ...(await statementsOf(() => listRuns(database, { limit: 50 }))),
  ]
  expect(reads.length).toBeGreaterThan(6)
  for (const { text, values } of reads) expect(await scanned(text, values)).toEqual([])
  const [, search] = await statementsOf(() => listRuns(database, { q: 'number777', limit: 10 }))
  const plan = await database.pool.query(`EXPLAIN (FORMAT JSON) ${search?.text}`, search?.values ?? [])
  expect(JSON.stringify(plan.rows)).toContain('"Index Name":"runs_search"')
})

test('figures follow what ends and what goes on', async () => {
  const readStats = createStatsReader(database.pool)
  const before = await readStats()
  const ids = [uuidv7(), uuidv7(), uuidv7()]
  const session = await createSession(database.pool, {})
  for (const id of ids) {
    await database.pool.query(
      `INSERT INTO codex.runs (id, status, prompt, plan, agent_sequence, labels, request_digest, session_id, stored_bytes)
       VALUES ($1, 'running', 'p', '{}', '{}', '{}', 'd', $2, 7)`,
      [id, session.id],
    )
  }
  expect(await readStats()).toMatchObject({ running: before.running + 3, activeSessions: before.activeSessions + 1 })
  await database.pool.query(`UPDATE codex.runs SET status = 'cancelled', ended_at = now() WHERE id = $1`, [ids[0]])
  await readStats()
  // its commit came late: it ended before the one that was counted
  await database.pool.query(
    `UPDATE codex.runs SET status = 'completed', ended_at = now() - interval '5 seconds' WHERE id = $1`,
    [ids[1]],
  )
  await Promise.all([readStats(), readStats()])
  const after = await readStats()
  expect(after).toMatchObject({
    running: before.running + 1,
    totals: {
      ...before.totals,
      completed: before.totals.completed + 1,
      cancelled: before.totals.cancelled + 1,
    },
  })
  expect(after.storage.runsBytes).toBe(before.storage.runsBytes + 21)
})

test('runs that were removed leave the figures with the next sum', async () => {
  let now = Date.now()
  const readStats = createStatsReader(database.pool, () => now)
  const before = await readStats()
  await database.pool.query(`DELETE FROM codex.runs WHERE id = '01900000-0000-7000-8000-000000000001'`)
  expect((await readStats()).totals).toEqual(before.totals)
  now += 3_700_000
  await readStats()
  await expect.poll(async () => (await readStats()).totals.completed).toBe(before.totals.completed - 1)
})

test('finds what a run made, phrases and all but', async () => {
  const find = async (q: string) => (await listRuns(database, { q, limit: 5 })).rows.map((row) => row.prompt)
  expect(await find('thing42')).toEqual(['prompt number42 about topic42'])
  expect(await find('"number42 about"')).toEqual(['prompt number42 about topic42'])
  expect(await find('"about number42"')).toEqual([])
  expect(await find('thing42 or thing43')).toHaveLength(2)
  expect(await find('number42 -topic42')).toEqual([])
  for (const q of ['-topic1', '!!!', '" "']) {
    await expect(listRuns(database, { q })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  }
})

test('pages through what a search finds, each run once', async () => {
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listRuns(database, { q: 'topic13', limit: 30, ...(cursor === undefined ? {} : { cursor }) })
    seen.push(...page.rows.map((row) => row.id))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(seen).toEqual([...new Set(seen)].sort().reverse())
  expect(seen).toHaveLength(Math.ceil((ROWS - 12) / 97))
})

test('a session keeps repository, context, policy and budget, and changes what is given', async () => {
  const repository = { url: 'https://example.com/a.git', ref: 'main' }
  const created = await createSession(database.pool, {
    title: 'line',
    repository,
    context: { language: 'go' },
    policy: 'reject',
    budget: { maxUsd: 2 },
  })
  expect(created).toMatchObject({ repository, context: { language: 'go' }, policy: 'reject', budget: { maxUsd: 2 } })
  expect(await createSession(database.pool, {})).toMatchObject({
    title: null,
    repository: null,
    context: {},
    policy: 'enqueue',
    budget: null,
  })
  const { id } = created
  await updateSession(database.pool, { id, policy: 'interrupt', title: null })
  await updateSession(database.pool, { id, context: null, budget: null })
  await updateSession(database.pool, { id })
  const { policy, title, context, budget, repository: kept } = await getSession(database.pool, id)
  expect({ policy, title, context, budget, kept }).toEqual({
    policy: 'interrupt',
    title: null,
    context: {},
    budget: null,
    kept: repository,
  })
  await archiveSession(database.pool, id)
  await expect(updateSession(database.pool, { id, title: 'x' })).rejects.toMatchObject({ code: 'CONFLICT' })
  await expect(updateSession(database.pool, { id: uuidv7(), title: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
