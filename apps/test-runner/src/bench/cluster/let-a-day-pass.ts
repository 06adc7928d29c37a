import type { Pool } from '@codex/core/testing/database'
import type { Cluster } from '../../server/start-cluster.ts'
import { bytesOf, engineRowsOf, readStorage, vacuum } from './storage.ts'

/** What is left of ended runs once they are a day old; tables are written anew before both looks. */
export interface DayLater {
  /** Runs that are stored. */
  readonly runs: number
  readonly bytesPerRunBefore: number
  readonly bytesPerRun: number
  /** Rows of DBOS's own tables. */
  readonly engineRowsBefore: number
  readonly engineRows: number
}

const PATIENCE_MS = 600_000

const AGE = `UPDATE dbos.workflow_status SET updated_at = updated_at - 2 * 86400000::bigint
  WHERE status IN ('SUCCESS', 'ERROR', 'CANCELLED')`

const LEFT = `SELECT (SELECT count(*) FROM codex.runs WHERE compacted_at IS NULL)::int
  + (SELECT count(*) FROM dbos.workflow_status WHERE status IN ('SUCCESS', 'ERROR', 'CANCELLED'))::int AS left`

/**
 * Makes what the engine remembers two days old, and starts a node that packs ended runs at once: it does at its start what
 * every node does every ten minutes. All runs must have ended.
 */
export async function letADayPass(cluster: Cluster, pool: Pool): Promise<DayLater> {
  await vacuum(pool, 'full')
  const before = await readStorage(pool)
  await pool.query(AGE)
  await cluster.addNode({ CODEX_COMPACT_AFTER_HOURS: '0' })
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const { rows } = await pool.query<{ left: number }>(LEFT)
    if (rows[0]?.left === 0) break
    if (performance.now() > deadline) throw new Error(`${rows[0]?.left} runs were not packed and forgotten in time`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  await vacuum(pool, 'full')
  const after = await readStorage(pool)
  const runs = after.find(({ table }) => table === 'codex.runs')?.rows ?? 0
  return {
    runs,
    bytesPerRunBefore: bytesOf(before) / runs,
    bytesPerRun: bytesOf(after) / runs,
    engineRowsBefore: engineRowsOf(before),
    engineRows: engineRowsOf(after),
  }
}
