import type { Pool } from '@codex/core/testing/database'

/** Running totals of the database. */
export interface DatabaseCounters {
  /** Transactions that wrote: each one had to reach the disk. */
  readonly commits: number
  /** All transactions, single reads included. */
  readonly transactions: number
  readonly walBytes: number
  /** Of all tables of the service and of DBOS, with indexes and TOAST. */
  readonly tableBytes: number
  readonly walSyncs: number
}

const COUNTERS = `SELECT
  pg_snapshot_xmax(pg_current_snapshot())::text::float8 AS commits,
  (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())::float8 AS transactions,
  (SELECT wal_bytes FROM pg_stat_wal)::float8 AS wal_bytes,
  (SELECT COALESCE(sum(fsyncs), 0) FROM pg_stat_io WHERE object = 'wal')::float8 AS wal_syncs,
  (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname IN ('codex', 'dbos'))::float8 AS table_bytes`

// an idle backend reports what it did after this time at the latest (PGSTAT_IDLE_INTERVAL)
const REPORT_DELAY_MS = 10_500

/** Reads the totals once every backend has reported what it did until now. */
export async function readCounters(pool: Pool): Promise<DatabaseCounters> {
  await new Promise((resolve) => setTimeout(resolve, REPORT_DELAY_MS))
  const { rows } = await pool.query<CountersRow>(COUNTERS)
  const row = rows[0]
  if (row === undefined) throw new Error('the database gave no counters')
  const { commits, transactions } = row
  return { commits, transactions, walBytes: row.wal_bytes, tableBytes: row.table_bytes, walSyncs: row.wal_syncs }
}

interface CountersRow {
  commits: number
  transactions: number
  wal_bytes: number
  table_bytes: number
  wal_syncs: number
}
