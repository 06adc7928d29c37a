import type { Pool } from 'pg'
import { compactRun } from '../../store/compact-run.ts'

const BATCH = 200

const CANDIDATES = `SELECT id, ended_at FROM codex.runs
  WHERE ended_at >= $2 AND ended_at < now() - $1::float8 * interval '1 hour' AND compacted_at IS NULL
    AND status IN ('completed', 'failed', 'cancelled')
  ORDER BY ended_at LIMIT ${BATCH}`

/** Packs events and calls of runs that ended long enough ago. */
export interface Compaction {
  /** @returns how many were packed */
  run(signal?: AbortSignal): Promise<number>
}

/**
 * Makes a compaction that remembers how far it came, so that a long history is looked through once a process.
 * @param afterHours how long a run stays as it was written
 */
export function createCompaction(pool: Pool, afterHours: number): Compaction {
  let from = new Date(0)
  return {
    async run(signal) {
      const isStopped = () => signal?.aborted === true
      let packed = 0
      while (!isStopped()) {
        const { rows } = await pool.query<{ id: string; ended_at: Date }>(CANDIDATES, [afterHours, from])
        for (const { id } of rows) {
          if (isStopped()) return packed
          if (await compactRun(pool, id)) packed += 1
        }
        from = rows.at(-1)?.ended_at ?? from
        if (rows.length < BATCH) return packed
      }
      return packed
    },
  }
}
