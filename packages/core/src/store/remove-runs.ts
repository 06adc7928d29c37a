import { CodexError, type RunStatus, TERMINAL_STATUSES } from '@codex/protocol'
import type { Pool } from 'pg'

/** Whether a run `r` is needed by one that goes on: as a part of the same session, as its origin, or for its files. */
const IS_NEEDED = `EXISTS (SELECT 1 FROM codex.runs n WHERE n.status IN ('queued', 'running', 'waiting')
  AND (n.session_id = r.session_id OR n.origin_id = r.id OR n.predecessor_id = r.id
    OR n.plan->'source'->>'runId' = r.id::text))`

const EXPIRED = `SELECT id FROM codex.runs r
  WHERE status IN ('completed', 'failed', 'cancelled') AND ended_at < now() - $1::float8 * interval '1 day'
    AND NOT ${IS_NEEDED}
  ORDER BY ended_at LIMIT $2`

const REMOVE = `DELETE FROM codex.runs r WHERE id = ANY($1::uuid[]) AND status IN ('completed', 'failed', 'cancelled')
  AND NOT ${IS_NEEDED} RETURNING id`

/** Runs that ended longer ago and that nothing needs, the oldest first. */
export async function findExpiredRuns(pool: Pool, days: number, limit: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(EXPIRED, [days, limit])
  return rows.map(({ id }) => id)
}

/**
 * Removes ended runs with everything of theirs; those that a going one needs by now stay.
 * @returns those that are gone
 */
export async function removeRuns(pool: Pool, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(REMOVE, [ids])
  return rows.map(({ id }) => id)
}

/** @throws CodexError NOT_FOUND, or CONFLICT while it goes on or another run needs it */
export async function removeRun(pool: Pool, requestId: string): Promise<void> {
  if ((await removeRuns(pool, [requestId])).length === 1) return
  const { rows } = await pool.query<{ status: RunStatus }>('SELECT status FROM codex.runs WHERE id = $1', [requestId])
  const [row] = rows
  if (row === undefined) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`, { requestId })
  const why = TERMINAL_STATUSES.has(row.status)
    ? 'a run that goes on needs it: one of its session, a retry or a fork; wait for its end, or cancel it'
    : `it is ${row.status}; cancel it first`
  throw new CodexError('CONFLICT', `run ${requestId} cannot be removed: ${why}`, { requestId })
}
