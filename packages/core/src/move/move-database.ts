import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodexError } from '@codex/protocol'
import { Client } from 'pg'
import { startEmbeddedPostgres } from '../engine/embedded-postgres/index.ts'
import { migrateEngine } from '../engine/engine.ts'
import type { Log } from '../logging/log.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { checkEmpty, compareTable, copyTable, EXACT_TEXTS, listTables, type Table } from './copy-tables.ts'
import { MOVED_FILE } from './moved-file.ts'

export interface MoveSettings {
  /** Data folder of a server that is stopped. */
  readonly dataDir: string
  /** Connection string of an empty database. */
  readonly targetUrl: string
  readonly log: Log
}

/** What was moved. */
export interface MoveReport {
  /** Rows by table. */
  readonly tables: Readonly<Record<string, number>>
  /** Runs that go on at the target. */
  readonly goingRuns: number
  /** Of these, such whose files are on this machine only: they cannot go on elsewhere. */
  readonly boundRuns: readonly string[]
}

const BOUND = `SELECT r.id FROM codex.runs r WHERE r.status NOT IN ('completed', 'failed', 'cancelled')
  AND EXISTS (SELECT 1 FROM codex.steps s WHERE s.run_id = r.id AND s.output_tree <> r.base_tree
    AND NOT EXISTS (SELECT 1 FROM codex.packs p WHERE p.run_id = r.id AND p.tree = s.output_tree))
  ORDER BY r.id`

/**
 * Moves a data folder's database into a Postgres server: all tables of ours in one transaction at the target, each
 * compared with its origin before it is committed. What the engine keeps of workflows stays behind: runs that go on are
 * queued again by the first sweep there. Afterwards the folder's own database is not started any more.
 * @throws CodexError NOT_FOUND (no database in the folder), CONFLICT (a server runs on the folder; the folder was moved
 *   before; the target is not empty or in use), UNAVAILABLE (the target cannot be reached)
 */
export async function moveDatabase({ dataDir, targetUrl, log }: MoveSettings): Promise<MoveReport> {
  const folder = join(dataDir, 'postgres')
  if (!existsSync(folder)) throw new CodexError('NOT_FOUND', `there is no database in ${dataDir}`)
  const movedFile = join(dataDir, MOVED_FILE)
  if (existsSync(movedFile)) {
    throw new CodexError('CONFLICT', `${dataDir} was moved before; ${movedFile} says where to`)
  }
  const place = describeTarget(targetUrl)
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: (message) => log.info({}, message) })
  try {
    await migrateDatabase(postgres.url, () => migrateEngine(postgres.url))
    await reach(targetUrl, place)
    await migrateDatabase(targetUrl, () => migrateEngine(targetUrl))
    const report = await copyBetween(postgres.url, targetUrl, log)
    await writeFile(movedFile, `${JSON.stringify({ movedTo: place, movedAt: new Date().toISOString() })}\n`)
    return report
  } finally {
    await postgres.stop()
  }
}

async function reach(targetUrl: string, place: string): Promise<void> {
  const client = new Client({ connectionString: targetUrl, application_name: 'codex-move' })
  client.on('error', () => {}) // the statement that is going fails with it
  try {
    await client.connect()
    const { rows } = await client.query<{ encoding: string; nodes: boolean }>(
      `SELECT pg_encoding_to_char(encoding) AS encoding, to_regclass('codex.nodes') IS NOT NULL AS nodes FROM pg_database
        WHERE datname = current_database()`,
    )
    if (rows[0]?.encoding !== 'UTF8') {
      throw new CodexError('CONFLICT', `the database at ${place} is not in UTF8; create one with ENCODING 'UTF8'`)
    }
    if (
      rows[0].nodes &&
      ((await client.query('SELECT 1 FROM codex.nodes WHERE expires_at > now()')).rowCount ?? 0) > 0
    ) {
      throw new CodexError(
        'CONFLICT',
        `servers are running on the database at ${place}; stop them until the move is over`,
      )
    }
  } catch (error) {
    if (CodexError.isInstance(error)) throw error
    throw new CodexError('UNAVAILABLE', `the database at ${place} cannot be used: ${describe(error)}`, { cause: error })
  } finally {
    await client.end().catch(() => {}) // it may never have come about
  }
}

/** Copies everything, or nothing. */
export async function copyBetween(sourceUrl: string, targetUrl: string, log: Log): Promise<MoveReport> {
  const source = new Client({ connectionString: sourceUrl, application_name: 'codex-move' })
  const target = new Client({ connectionString: targetUrl, application_name: 'codex-move' })
  for (const client of [source, target]) client.on('error', () => {}) // the statement that is going fails with it
  try {
    await source.connect()
    await target.connect()
    await source.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await target.query('BEGIN')
    for (const client of [source, target]) await client.query(EXACT_TEXTS)
    const tables = await listTables(source)
    for (const { name } of tables) await target.query(`LOCK TABLE codex."${name}" IN SHARE ROW EXCLUSIVE MODE`)
    await checkEmpty(target, tables)
    const rows: Record<string, number> = {}
    for (const table of tables) {
      await copyTable(source, target, table)
      rows[table.name] = await compared(source, target, table)
      log.info({ table: table.name, rows: rows[table.name] }, 'copied and compared')
    }
    const bound = await source.query<{ id: string }>(BOUND)
    const going = await source.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM codex.runs WHERE status NOT IN ('completed', 'failed', 'cancelled')`,
    )
    await target.query('COMMIT')
    // its planner would otherwise know nothing of what came
    await target.query('ANALYZE').catch(() => {}) // of foreign tables it may not: autovacuum does ours
    return { tables: rows, goingRuns: going.rows[0]?.n ?? 0, boundRuns: bound.rows.map(({ id }) => id) }
  } finally {
    await source.end().catch(() => {}) // a connection that broke is over
    await target.end().catch(() => {}) // and with it a transaction that was not committed
  }
}

async function compared(source: Client, target: Client, table: Table): Promise<number> {
  return (await compareTable(source, target, table)).rows
}

/** Host and name, without credentials. */
function describeTarget(url: string): string {
  if (!URL.canParse(url)) return 'the given address'
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
