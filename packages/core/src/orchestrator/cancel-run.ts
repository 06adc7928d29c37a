import type { Pool } from 'pg'
import type { Engine } from '../engine/engine.ts'
import { recordRun } from '../store/record-run.ts'

/**
 * Asks for the end of a run. A run that nobody has begun is ended here and now; one that is going is told to its node,
 * which records the end once its processes are dead.
 */
export async function requestCancel(pool: Pool, engine: Engine, runId: string, reason: string): Promise<void> {
  const ended = await pool.query(
    `WITH target AS (
       UPDATE codex.runs SET status = 'cancelled', ended_at = now(), cancel_reason = $2, last_seq = last_seq + 1
       WHERE id = $1 AND status = 'queued' AND epoch = 0 RETURNING id, last_seq
     ), new_event AS (
       INSERT INTO codex.events (run_id, seq, type, data)
       SELECT id, last_seq, 'run.cancelled', jsonb_build_object('reason', $2::text) FROM target
     )
     SELECT pg_notify('codex_events', id::text) FROM target`,
    [runId, reason],
  )
  if ((ended.rowCount ?? 0) > 0) {
    await engine.dequeue(runId)
    return
  }
  const isFirst = await pool.query(
    'UPDATE codex.runs SET cancel_reason = $2 WHERE id = $1 AND cancel_reason IS NULL RETURNING id',
    [runId, reason],
  )
  if ((isFirst.rowCount ?? 0) === 0) return // asked before, or ended: asking twice changes nothing
  await recordRun(pool, { runId, epoch: null, events: [{ type: 'cancel.requested', data: { reason } }] })
  await pool.query(`SELECT pg_notify('codex_cancel', $1)`, [runId])
}
