import type { Pool } from '@codex/core/testing/database'

/** What a table holds, with its indexes and what lies beside it (TOAST). */
export interface TableSize {
  /** Schema and name, such as `codex.events`. */
  readonly table: string
  readonly rows: number
  readonly bytes: number
}

const TABLES = `SELECT n.nspname || '.' || c.relname AS table, pg_total_relation_size(c.oid)::float8 AS bytes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname IN ('codex', 'dbos') ORDER BY 1`

/** Counts every table of the service and of DBOS. */
export async function readStorage(pool: Pool): Promise<readonly TableSize[]> {
  const { rows: tables } = await pool.query<{ table: string; bytes: number }>(TABLES)
  const sizes: TableSize[] = []
  for (const { table, bytes } of tables) {
    // of the catalog, and none of them needs quotes
    const { rows } = await pool.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${table}`)
    sizes.push({ table, rows: rows[0]?.rows ?? 0, bytes })
  }
  return sizes
}

/** Takes out what no row uses any more. @param how `full` writes every table anew, with nothing between its rows */
export async function vacuum(pool: Pool, how: 'plain' | 'full'): Promise<void> {
  const { rows: tables } = await pool.query<{ table: string }>(TABLES)
  const options = how === 'full' ? '(FULL)' : ''
  for (const { table } of tables) await pool.query(`VACUUM ${options} ${table}`)
}

export function bytesOf(sizes: readonly TableSize[]): number {
  return sizes.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Rows of DBOS's own tables. */
export function engineRowsOf(sizes: readonly TableSize[]): number {
  return sizes.reduce((sum, { table, rows }) => sum + (table.startsWith('dbos.') ? rows : 0), 0)
}

/** What each run added to each table, the most first; tables that kept their rows are left out. */
export function growthPerRun(
  before: readonly TableSize[],
  after: readonly TableSize[],
  runs: number,
): readonly TableSize[] {
  const former = new Map(before.map((size) => [size.table, size]))
  return after
    .map(({ table, rows, bytes }) => ({
      table,
      rows: (rows - (former.get(table)?.rows ?? 0)) / runs,
      bytes: (bytes - (former.get(table)?.bytes ?? 0)) / runs,
    }))
    .filter(({ rows }) => rows !== 0)
    .sort((a, b) => b.bytes - a.bytes)
}
