import type { RunError } from '@codex/protocol'
import { Pool, type PoolClient } from 'pg'
import { toJsonText, toStorableText } from './json-text.ts'
import { deliveryExpressions, NEW_DELIVERIES, tellDeliveries } from './webhook-deliveries.ts'

/** How a run ends that no node executes. */
export type UnexecutedEnd =
  | { readonly status: 'cancelled'; readonly reason: string }
  | { readonly status: 'failed'; readonly error: RunError }

// Nobody executes a run that is queued or waiting, and a node that takes it now changes the same row: one of both wins.
// Its steps end with it, and those that wait for it wait for the one before it from now on.
const END_UNEXECUTED = `
WITH going AS (
  SELECT id, agent, attempts, row_number() OVER (ORDER BY position) AS n FROM codex.steps
  WHERE run_id = $1 AND status = 'running'
), target AS (
  UPDATE codex.runs SET status = $2, ended_at = now(), waiting = NULL,
    cancel_reason = COALESCE($3::jsonb->>'reason', cancel_reason), error = COALESCE($3::jsonb->'error', error),
    last_seq = last_seq + 1 + (SELECT count(*) FROM going)::int
  WHERE id = $1 AND status IN ('queued', 'waiting') RETURNING id, last_seq, predecessor_id, webhook
), ended_steps AS (
  UPDATE codex.steps s SET status = CASE WHEN s.status = 'running' OR $2 = 'cancelled' THEN 'cancelled' ELSE 'skipped' END,
    ended_at = CASE WHEN s.status = 'running' THEN now() ELSE s.ended_at END
  FROM target t WHERE s.run_id = t.id AND s.status IN ('pending', 'running')
), step_events AS (
  INSERT INTO codex.events (run_id, seq, step_id, attempt, type, data)
  SELECT t.id, t.last_seq - 1 - (SELECT count(*) FROM going) + g.n, g.id, g.attempts, 'step.cancelled',
    jsonb_build_object('agent', g.agent)
  FROM target t, going g
), run_event AS (
  INSERT INTO codex.events (run_id, seq, type, data) SELECT id, last_seq, 'run.' || $2, $3::jsonb FROM target
), successors AS (
  UPDATE codex.runs r SET predecessor_id = t.predecessor_id FROM target t
  WHERE r.predecessor_id = t.id AND r.status = 'queued' RETURNING r.id
), written AS (
  SELECT id, webhook, last_seq AS seq, 'run.' || $2 AS type FROM target
), ${deliveryExpressions('written')}
SELECT pg_notify('codex_events', id::text), ARRAY(SELECT s.id FROM successors s) AS successors, ${NEW_DELIVERIES}
FROM target`

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
 * Ends a run that no node executes: queued, put off, behind another run of its session, or waiting for somebody.
 * @returns the runs that waited for it; null when it is being executed or has ended
 */
export async function endUnexecuted(
  pool: Pool | PoolClient,
  runId: string,
  end: UnexecutedEnd,
): Promise<{ readonly successors: readonly string[] } | null> {
  const { status, ...data } = end
  const values = [runId, status, toJsonText(data)]
  const ended = await pool.query<{ successors: string[]; deliveries: string[] | null }>(END_UNEXECUTED, values)
  // within a transaction nobody may hear of them yet: the sweep finds them
  if (pool instanceof Pool) tellDeliveries(pool, ended.rows[0]?.deliveries)
  return ended.rows[0] ?? null
}

/** Writes down that a going run is to end, and tells its node, also when it was asked before: it may not have heard. */
export async function askForCancel(pool: Pool | PoolClient, runId: string, reason: string): Promise<void> {
  await pool.query(ASK, [runId, toStorableText(reason)])
  await pool.query(`SELECT pg_notify('codex_cancel', $1)`, [runId])
}
