import type { Pool } from 'pg'
import type { Engine } from '../engine/engine.ts'
import { toStorableText } from '../store/json-text.ts'

const END_QUEUED = `
WITH target AS (
  UPDATE codex.runs SET status = 'cancelled', ended_at = now(), cancel_reason = $2, last_seq = last_seq + 1
  WHERE id = $1 AND status = 'queued' AND epoch = 0 RETURNING id, last_seq
), new_event AS (
  INSERT INTO codex.events (run_id, seq, type, data)
  SELECT id, last_seq, 'run.cancelled', jsonb_build_object('reason', $2::text) FROM target
)
SELECT pg_notify('codex_events', id::text) FROM target`

// one statement: a request that is stored and not told of would be refused as asked before, and never take effect
const ASK = `
WITH target AS (
  UPDATE codex.runs SET cancel_reason = $2, last_seq = last_seq + 1
  WHERE id = $1 AND cancel_reason IS NULL AND status NOT IN ('completed', 'failed', 'cancelled') RETURNING id, last_seq
), new_event AS (
  INSERT INTO codex.events (run_id, seq, type, data)
  SELECT id, last_seq, 'cancel.requested', jsonb_build_object('reason', $2::text) FROM target
)
SELECT pg_notify('codex_events', id::text) FROM target`

/**
 * Asks for the end of a run. A run that nobody has begun is ended here and now; one that is going is told to its node,
 * which records the end once its processes are dead. One that has ended stays as it is.
 */
export async function requestCancel(
  pool: Pool,
  engine: Pick<Engine, 'dequeue'>,
  runId: string,
  reason: string,
): Promise<void> {
  const values = [runId, toStorableText(reason)]
  const ended = await pool.query(END_QUEUED, values)
  if ((ended.rowCount ?? 0) > 0) {
    // only saves the engine a look: a run that has ended is not executed, whatever the queue says
    await engine.dequeue(runId).catch(() => {})
    return
  }
  await pool.query(ASK, values)
  // also when it was asked before: its node may not have heard of it
  await pool.query(`SELECT pg_notify('codex_cancel', $1)`, [runId])
}
