import type { Pool } from '@codex/core/testing/database'
import type { Cluster } from '../../server/start-cluster.ts'
import { bytesOf, engineRowsOf, readStorage, type TableSize, vacuum } from './storage.ts'

/** What is left of ended runs once they are a day old; tables are written anew before both looks. */
export interface DayLater {
  /** Runs that were packed. */
  readonly packed: number
  /** Of the service's tables, without DBOS's. */
  readonly bytesPerRun: number
  readonly bytesPerPackedRun: number
  /** Rows of DBOS's own tables. */
  readonly engineRowsBefore: number
  readonly engineRows: number
}

/** Enough to tell what one takes. */
const MOST_PACKED = 1_000
const PATIENCE_MS = 600_000

const AGE_RUNS = `UPDATE codex.runs SET ended_at = ended_at - interval '2 days' WHERE id IN (
  SELECT id FROM codex.runs WHERE status = 'completed' ORDER BY id LIMIT ${MOST_PACKED})`
const AGE_WORKFLOWS = `UPDATE dbos.workflow_status SET updated_at = updated_at - 2 * 86400000::bigint
  WHERE status IN ('SUCCESS', 'ERROR', 'CANCELLED')`
const LEFT = `SELECT
  (SELECT count(*) FROM codex.runs WHERE compacted_at IS NULL AND ended_at < now() - interval '1 day')::int
  + (SELECT count(*) FROM dbos.workflow_status WHERE status IN ('SUCCESS', 'ERROR', 'CANCELLED'))::int AS left`

/**
 * Makes ended runs and what the engine remembers two days old, and starts a node, which does at its start what every node
 * does every ten minutes: it packs those runs and lets the engine forget. All runs must have ended.
 */
export async function letADayPass(cluster: Cluster, pool: Pool): Promise<DayLater> {
  const packed = (await pool.query(AGE_RUNS)).rowCount ?? 0
  await vacuum(pool, 'full')
  const before = await readStorage(pool)
  await pool.query(AGE_WORKFLOWS)
  await cluster.addNode({ CODEX_COMPACT_AFTER_HOURS: '24' })
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const { rows } = await pool.query<{ left: number }>(LEFT)
    if (rows[0]?.left === 0) break
    if (performance.now() > deadline) throw new Error(`${rows[0]?.left} runs were not packed or forgotten in time`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  await vacuum(pool, 'full')
  const after = await readStorage(pool)
  const own = (sizes: readonly TableSize[]) => bytesOf(sizes.filter(({ table }) => table.startsWith('codex.')))
  const runs = before.find(({ table }) => table === 'codex.runs')?.rows ?? 0
  const bytesPerRun = own(before) / runs
  return {
    packed,
    bytesPerRun,
    bytesPerPackedRun: bytesPerRun - (own(before) - own(after)) / packed,
    engineRowsBefore: engineRowsOf(before),
    engineRows: engineRowsOf(after),
  }
}
