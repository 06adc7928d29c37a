import type { Pool } from 'pg'
import type { Engine } from '../engine.ts'

const BATCH = 500
/** So long the engine remembers what has ended: a start that is repeated within it is not a second one. */
const REMEMBERED_MS = 86_400_000

const ENDED = `SELECT workflow_uuid AS id FROM dbos.workflow_status
  WHERE status IN ('SUCCESS', 'ERROR', 'CANCELLED') AND updated_at < $1::bigint
    AND NOT EXISTS (SELECT 1 FROM codex.runs r WHERE r.id::text = workflow_uuid AND r.status IN ('queued', 'running', 'waiting'))
  ORDER BY updated_at LIMIT ${BATCH}`

/**
 * Removes what the engine keeps of workflows that ended more than a day ago, runs and all others: nothing else does.
 * @returns how many
 */
export async function forgetEndedWorkflows(
  { pool, engine }: { readonly pool: Pool; readonly engine: Pick<Engine, 'forget'> },
  now: number = Date.now(),
  signal?: AbortSignal,
): Promise<number> {
  let forgotten = 0
  while (signal?.aborted !== true) {
    const { rows } = await pool.query<{ id: string }>(ENDED, [now - REMEMBERED_MS])
    if (rows.length > 0) await engine.forget(rows.map(({ id }) => id))
    forgotten += rows.length
    if (rows.length < BATCH) break
  }
  return forgotten
}
