import type { Pool } from 'pg'
import type { RunPlan } from '../orchestrator/plan.ts'
import { toJsonText } from './json-text.ts'

/** What the runs of a session leave to the next one. */
export interface SessionEnd {
  /** Head tree of the run that ended last with one; null before the first. */
  readonly tree: { readonly runId: string; readonly tree: string } | null
  /** Kind -> digest of the newest artifact. */
  readonly given: Readonly<Record<string, string>>
}

// what was cancelled is left aside: somebody did not want it
const EARLIER = `r.session_id = $1 AND r.id <> $2 AND r.status IN ('completed', 'failed')`

const END = `SELECT
  (SELECT jsonb_build_object('runId', r.id, 'tree', r.head_tree) FROM codex.runs r
    WHERE ${EARLIER} AND r.head_tree IS NOT NULL ORDER BY r.ended_at DESC, r.id DESC LIMIT 1) AS tree,
  (SELECT jsonb_object_agg(kind, digest) FROM (
    SELECT DISTINCT ON (a.key) a.key AS kind, a.value AS digest
    FROM codex.runs r JOIN codex.steps s ON s.run_id = r.id, jsonb_each_text(s.artifacts) a
    WHERE ${EARLIER} ORDER BY a.key, r.ended_at DESC, r.id DESC, s.ended_at DESC NULLS LAST, s.position DESC) newest) AS given`

/** What the ended runs of a session leave to a run of it. */
export async function findSessionEnd(pool: Pool, sessionId: string, runId: string): Promise<SessionEnd> {
  const { rows } = await pool.query<{ tree: SessionEnd['tree']; given: SessionEnd['given'] | null }>(END, [
    sessionId,
    runId,
  ])
  return { tree: rows[0]?.tree ?? null, given: rows[0]?.given ?? {} }
}

const OUTLOOK = `SELECT
  EXISTS (SELECT 1 FROM codex.runs r WHERE r.session_id = $1 AND r.status <> 'cancelled') AS "hasRuns",
  ARRAY(SELECT DISTINCT k FROM codex.runs r JOIN codex.steps s ON s.run_id = r.id, jsonb_object_keys(s.artifacts) k
    WHERE r.session_id = $1 AND r.status IN ('completed', 'failed')) AS made,
  ARRAY(SELECT DISTINCT a FROM codex.runs r, unnest(r.agent_sequence) a
    WHERE r.session_id = $1 AND r.status IN ('queued', 'running', 'waiting')) AS "agentsGoing"`

/** What a request of a session may count on at submission: kinds that were made, and agents that are still to work. */
export async function readSessionOutlook(
  pool: Pool,
  sessionId: string,
): Promise<{ readonly hasRuns: boolean; readonly made: readonly string[]; readonly agentsGoing: readonly string[] }> {
  const { rows } = await pool.query<{ hasRuns: boolean; made: string[]; agentsGoing: string[] }>({
    name: 'read-session-outlook',
    text: OUTLOOK,
    values: [sessionId],
  })
  return rows[0] ?? { hasRuns: false, made: [], agentsGoing: [] }
}

/**
 * Makes a decision about a run a part of its plan, before anything was done by it.
 * @returns false when the run belongs to another node by now
 */
export async function pinPlan(
  pool: Pool,
  { id, epoch }: { readonly id: string; readonly epoch: number },
  decided: Pick<RunPlan, 'source' | 'session'>,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE codex.runs SET plan = plan || $3::jsonb WHERE id = $1 AND epoch = $2 AND status = 'running'`,
    [id, epoch, toJsonText(decided)],
  )
  return rowCount === 1
}
