import type { BudgetLimits } from '@codex/protocol'
import type { Pool } from 'pg'
import { toJsonText } from './json-text.ts'

const RESUME = `
WITH target AS (
  UPDATE codex.runs r SET status = 'queued', waiting = NULL, last_seq = r.last_seq + 1,
    plan = CASE WHEN $2::jsonb = 'null'::jsonb THEN r.plan ELSE jsonb_set(r.plan, '{budget}', $2::jsonb) END
  FROM codex.runs before WHERE r.id = $1 AND before.id = r.id AND r.status = 'waiting'
  RETURNING r.id, r.last_seq, before.waiting->>'reason' AS reason
), new_event AS (
  INSERT INTO codex.events (run_id, seq, type, data)
  SELECT id, last_seq, 'run.resumed', jsonb_strip_nulls(jsonb_build_object('reason', reason, 'budget', $2::jsonb)) FROM target
)
SELECT pg_notify('codex_events', id::text) FROM target`

/**
 * Puts a run that waits back among the queued ones; it goes on from its ledger.
 * @param budget all of the run's own limits from now on; null: as they are
 * @returns false when the run does not wait
 */
export async function resumeRun(pool: Pool, runId: string, budget: BudgetLimits | null): Promise<boolean> {
  const result = await pool.query({ name: 'resume-run', text: RESUME, values: [runId, toJsonText(budget)] })
  return (result.rowCount ?? 0) > 0
}
