import type { Pool } from '@codex/core/testing/database'
import { drive } from './drive.ts'

/** From the last start until all of them wait. */
const PATIENCE_MS = 90_000
/** Starts that are under way at the same time. */
const LANES = 50

/**
 * Starts runs whose budget lets them make one call and no second one, until all of them wait.
 * @param start starts one
 * @returns their ids
 * @throws Error when they do not come to wait
 */
export async function parkRuns(start: () => Promise<string>, pool: Pool, runs: number): Promise<readonly string[]> {
  const ids: string[] = []
  const work = async () => void ids.push(await start())
  await drive(work, { count: runs, concurrency: LANES, limitMs: Number.POSITIVE_INFINITY })
  await untilStatus(pool, ids, 'waiting', PATIENCE_MS)
  return ids
}

/** @throws Error when not all of these runs have that status in time */
export async function untilStatus(
  pool: Pool,
  ids: readonly string[],
  status: 'waiting' | 'completed' | 'cancelled',
  patienceMs: number,
): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (performance.now() < deadline) {
    const { rows } = await pool.query<{ reached: number }>(
      'SELECT count(*)::int AS reached FROM codex.runs WHERE id = ANY($1) AND status = $2',
      [ids, status],
    )
    if (rows[0]?.reached === ids.length) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`not all of ${ids.length} runs were ${status} within ${patienceMs / 1_000} s`)
}
