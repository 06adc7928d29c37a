import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEmbeddedPostgres } from '../engine/embedded-postgres/index.ts'
import { migrateEngine } from '../engine/engine.ts'
import { openPostgres } from '../engine/open-database.ts'
import { loadSigningKey } from '../evidence/index.ts'
import { SILENT_LOG } from '../logging/log.ts'
import { executeRun } from '../orchestrator/execute-run.ts'
import { createRunEvidence } from '../orchestrator/run-evidence.ts'
import { createRunHarness, FINISH, REVIEW, type RunHarness, write } from '../orchestrator/run-harness.fixture.ts'
import { RunInterruption } from '../orchestrator/run-interruption.ts'
import { claimRun } from '../store/claim-run.ts'
import { compactRun } from '../store/compact-run.ts'
import { openDatabase } from '../store/database.ts'
import { listRuns } from '../store/list-runs.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { createWorkspaceArchive } from '../store/packs.ts'
import { readEvents } from '../store/read-events.ts'
import { readRun } from '../store/read-run.ts'
import { createTestDatabase } from '../testing/index.ts'
import { createWorkspaceManager } from '../workspace/index.ts'
import { EXACT_TEXTS } from './copy-tables.ts'
import { copyBetween, moveDatabase } from './move-database.ts'

const FAST = { fsync: 'off', full_page_writes: 'off' }
let harness: RunHarness
let dataDir: string
let completed: string
let going: string

beforeAll(async () => {
  harness = await createRunHarness()
  // a history: one run that ended and was packed, one that its node died in
  harness.state.answer = ({ agent, turn }) =>
    agent === 'Code' ? (turn === 0 ? write('add.js', 'exports.add = 1\n') : FINISH) : REVIEW
  completed = await harness.submit()
  await harness.execute(completed)
  await compactRun(harness.database.pool, completed)
  going = await harness.submit()
  const controller = new AbortController()
  const { answer } = harness.state
  harness.state.answer = (asked) => {
    if (asked.agent === 'Reviewer') controller.abort(new RunInterruption('shutdown'))
    return answer(asked)
  }
  await harness.execute(going, controller.signal).catch(() => {})
  harness.state.answer = answer
  // into the data folder of a server that has stopped
  dataDir = await mkdtemp(join(tmpdir(), 'codex-move-'))
  await chmod(dataDir, 0o755)
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), settings: FAST })
  await migrateDatabase(postgres.url, () => migrateEngine(postgres.url))
  await copyBetween(harness.server.url, postgres.url, SILENT_LOG)
  await postgres.stop()
}, 120_000)
afterAll(async () => {
  await harness.close()
  await rm(dataDir, { recursive: true, force: true })
})

test('refuses what would mix or lose something, and leaves both sides as they are', async () => {
  const target = await createTestDatabase()
  const settings = { dataDir, targetUrl: target.url, log: SILENT_LOG }
  try {
    await expect(moveDatabase({ ...settings, dataDir: harness.folder })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // a target with a history
    const other = { ...settings, targetUrl: harness.server.url }
    await expect(moveDatabase(other)).rejects.toThrow(/has rows in codex/)
    await migrateDatabase(target.url, async () => {})
    const client = new Client({ connectionString: target.url })
    await client.connect()
    await client.query(`INSERT INTO codex.nodes (id, expires_at) VALUES ('alive', now() + interval '1 hour')`)
    await expect(moveDatabase(settings)).rejects.toThrow(/servers are running/)
    await client.query('DELETE FROM codex.nodes')
    // an interruption half-way: the target refuses the evidence
    await client.query(`ALTER TABLE codex.steps ADD CONSTRAINT no_steps CHECK (id = 'nothing')`)
    await expect(moveDatabase(settings)).rejects.toThrow(/no_steps/)
    for (const table of ['runs', 'artifacts', 'events']) {
      expect((await client.query(`SELECT 1 FROM codex.${table}`)).rowCount).toBe(0)
    }
    await client.end()
    expect(existsSync(join(dataDir, 'moved.json'))).toBe(false)
    // a server that runs on the folder
    const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), settings: FAST })
    await expect(moveDatabase(settings)).rejects.toMatchObject({ code: 'CONFLICT' })
    await postgres.stop()
  } finally {
    await target.drop()
  }
}, 120_000)

test('moves the history, and a run that was in the middle goes on at the target', async () => {
  const target = await createTestDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'codex-moved-'))
  await chmod(folder, 0o755)
  const database = openDatabase(target.url, { onError: () => {} })
  try {
    const report = await moveDatabase({ dataDir, targetUrl: target.url, log: SILENT_LOG })
    expect(report).toMatchObject({ goingRuns: 1, boundRuns: [], tables: { runs: 2, evidence: 1, archives: 2 } })
    // every row as it was
    const source = new Client({ connectionString: harness.server.url })
    await source.connect()
    for (const table of Object.keys(report.tables)) {
      const rowsOf = async (client: Pick<Client, 'query'>) => {
        const { rows } = await client.query<{ row: string }>(
          `SELECT to_jsonb(t)::text AS row FROM codex.${table} t ORDER BY 1`,
        )
        return rows.map(({ row }) => row)
      }
      expect([table, await rowsOf(database.pool)]).toEqual([table, await rowsOf(source)])
    }
    await source.end()
    expect((await listRuns(database, { q: 'add' })).rows).toHaveLength(2)
    expect(await readEvents(database.pool, completed, { after: 0, limit: 1_000 })).toEqual(
      await harness.events(completed),
    )
    const key = await loadSigningKey({ file: null, dataDir: folder, log: SILENT_LOG })
    const evidence = createRunEvidence({ database, key, log: SILENT_LOG })
    expect(await evidence.check(completed)).toMatchObject({ verified: true, sealed: 'at_end' })

    const asked = harness.state.requests.length
    const services = {
      ...harness.services,
      database,
      workspaces: createWorkspaceManager({
        rootDir: join(folder, 'runs'),
        archive: createWorkspaceArchive(database.pool),
      }),
    }
    const claimed = await claimRun(database.pool, going, 'new-node')
    if (claimed === null) throw new Error('it was queued for nobody')
    await executeRun(claimed, services, new AbortController().signal)
    expect(await readRun(database, going)).toMatchObject({ status: 'completed', node: 'new-node' })
    // nothing that was paid for is asked again
    const later = harness.state.requests.slice(asked).map(({ agent }) => agent)
    expect(later.every((agent) => agent === 'Reviewer')).toBe(true)
    expect((await readRun(database, going))?.patch).toContain('exports.add = 1')

    // the folder is not started any more, and not moved twice
    const open = openPostgres({ databaseUrl: null, dataDir, log: SILENT_LOG, onLost: () => {} })
    await expect(open).rejects.toThrow(/was moved to a server/)
    const again = moveDatabase({ dataDir, targetUrl: target.url, log: SILENT_LOG })
    await expect(again).rejects.toThrow(/was moved before/)
  } finally {
    await database.close()
    await target.drop()
    await rm(folder, { recursive: true, force: true })
  }
}, 120_000)

test('what texts cannot hold in any setting arrives as it was', async () => {
  const [from, to] = [await createTestDatabase(), await createTestDatabase()]
  try {
    for (const { url } of [from, to]) await migrateDatabase(url, async () => {})
    const client = new Client({ connectionString: from.url })
    await client.connect()
    await client.query(`INSERT INTO codex.runs (id, status, prompt, plan, agent_sequence, labels, request_digest, active_ms,
        stored_bytes, created_at, error)
      VALUES (gen_random_uuid(), 'failed', E'tab\\t "quote" \\\\ {brace} NULL', '{"n": 12345678901234567890.000100}',
        ARRAY['a,b', '{"c"}', 'NULL', ''], '{}', 'd', 0.1 + 0.2, 9007199254740993, '1999-12-31 23:59:59.999+05:30', 'null')`)
    await client.query(`INSERT INTO codex.base_packs (tree, content) VALUES ('t', decode('00ff5c78270a', 'hex'))`)
    await client.query(`INSERT INTO codex.artifacts (digest, kind, content) VALUES ('d', 'spec', 'null')`)
    await client.query(`SET TimeZone = 'Asia/Kolkata'`)
    await copyBetween(from.url, to.url, SILENT_LOG)
    const other = new Client({ connectionString: to.url })
    await other.connect()
    for (const table of ['runs', 'base_packs', 'artifacts']) {
      const texts: string[] = []
      for (const side of [client, other]) {
        await side.query('BEGIN')
        await side.query(EXACT_TEXTS)
        const { rows } = await side.query<{ row: string }>(`SELECT t::text AS row FROM codex.${table} t`)
        texts.push(rows[0]?.row ?? '')
        await side.query('COMMIT')
      }
      expect(texts[0]).not.toBe('')
      expect(texts[1]).toBe(texts[0])
    }
    await client.end()
    await other.end()
  } finally {
    await from.drop()
    await to.drop()
  }
})
