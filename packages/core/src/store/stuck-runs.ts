import type { StuckRun } from '@codex/protocol'
import type { Pool } from 'pg'
import { changesOf } from './run-changes.ts'

/** What keeps a run from being executed, as the rows tell it. */
export interface StuckRow {
  readonly id: string
  readonly status: 'queued' | 'running'
  readonly format: string
  readonly reason: StuckRun['reason']
  /** Agents that it needs and that are not registered. */
  readonly missingAgents: readonly string[]
}

export interface StuckRunsInput {
  /** Names of the agents that are registered here. */
  readonly agents: readonly string[]
  /** Only this run; default: all of them. */
  readonly runId?: string
  /** How long a run may wait although a node has a free place; default 10 minutes. */
  readonly patienceMs?: number
}

const LIMIT = 100
const PATIENCE_MS = 600_000

// A node executes runs when its lease holds and it has places. What a dead one executed is found here as well, since its
// runs go back to the queue within seconds.
const STUCK = `
executing AS MATERIALIZED (
  SELECT n.formats, n.max_concurrent_runs > (SELECT count(*) FROM codex.runs e WHERE e.status = 'running' AND e.node = n.id)
    AS has_room
  FROM codex.nodes n WHERE n.expires_at > now() AND n.max_concurrent_runs > 0
), going AS (
  SELECT r.id, r.status, r.format, r.created_at,
    NOT EXISTS (SELECT 1 FROM executing x WHERE r.format = ANY(x.formats)) AS is_unknown,
    ARRAY(SELECT DISTINCT name FROM unnest(r.agent_sequence) AS name WHERE name <> ALL($1::text[])) AS missing,
    r.status = 'queued' AND EXISTS (SELECT 1 FROM executing x WHERE x.has_room AND r.format = ANY(x.formats))
      AND (p.id IS NULL OR p.status IN ('completed', 'failed', 'cancelled'))
      -- since it was queued or resumed, its time came, and the one before it ended
      AND GREATEST(r.not_before, p.ended_at, (SELECT e.ts FROM codex.events e WHERE e.run_id = r.id AND e.seq = r.last_seq))
        < now() - $2::float8 * interval '1 millisecond' AS is_left
  FROM codex.runs r LEFT JOIN codex.runs p ON p.id = r.predecessor_id
  WHERE r.status IN ('queued', 'running') AND ($3::uuid IS NULL OR r.id = $3)
), stuck AS (
  SELECT id, status, format, missing, created_at,
    CASE WHEN is_unknown THEN 'unknown_format' WHEN missing <> '{}' THEN 'unknown_agent' ELSE 'not_taken' END AS reason
  FROM going WHERE is_unknown OR missing <> '{}' OR is_left
)`

const LIST = `WITH ${STUCK}
SELECT id, status, format, reason, missing AS "missingAgents", count(*) OVER ()::int AS total
FROM stuck ORDER BY created_at, id LIMIT ${LIMIT}`

/** Runs that nobody will execute as things are, the oldest first, and how many there are. */
export async function listStuckRuns(
  pool: Pool,
  { agents, runId, patienceMs = PATIENCE_MS }: StuckRunsInput,
): Promise<{ readonly runs: readonly StuckRow[]; readonly total: number }> {
  const { rows } = await pool.query<StuckRow & { total: number }>(LIST, [agents, patienceMs, runId ?? null])
  return { runs: rows.map(({ total: _total, ...row }) => row), total: rows[0]?.total ?? 0 }
}

// The epoch rises, so that whoever executed it in its former format writes nothing any more.
const FREE = `WITH ${STUCK}, freed AS (
  UPDATE codex.runs r SET format = CASE s.reason WHEN 'unknown_format' THEN $4 ELSE r.format END,
    epoch = r.epoch + 1, last_seq = r.last_seq + 1
  FROM stuck s WHERE r.id = s.id AND s.reason <> 'unknown_agent' AND r.status IN ('queued', 'running')
    -- without anybody who executes runs it would not go on in the new format either
    AND (s.reason <> 'unknown_format' OR r.format <> $4)
  RETURNING r.id, r.status, r.format, r.last_seq, s.reason, s.format AS former
), told AS (
  INSERT INTO codex.events (run_id, seq, type, data)
  SELECT id, last_seq, 'warning.raised', jsonb_build_object('message', CASE reason
    WHEN 'unknown_format' THEN 'no living node knew format ' || former || ' of this run: it was freed by a retry and goes on in format ' || format
    ELSE 'nobody took this run although there was room: it was queued again by a retry' END)
  FROM freed
), queued AS (
  UPDATE dbos.workflow_status w SET application_version = f.format, owner_xid = NULL, started_at_epoch_ms = NULL,
    status = CASE w.status WHEN 'PENDING' THEN 'ENQUEUED' ELSE w.status END, queue_name = COALESCE(w.queue_name, $5),
    updated_at = (EXTRACT(EPOCH FROM now()) * 1000)::bigint
  FROM freed f WHERE w.workflow_uuid = f.id::text AND w.status IN ('ENQUEUED', 'DELAYED', 'PENDING')
)
SELECT status, format FROM freed`

export interface FreeOptions extends StuckRunsInput {
  readonly runId: string
  /** In which it goes on when nobody knows its own. */
  readonly format: string
  /** The engine's queue of runs. */
  readonly queue: string
}

/**
 * Lets a stuck run go on: in another format when nobody knows its own; the run tells of it as a warning.
 * @returns its state; null when it is not stuck, or stuck in a way that this does not mend
 */
export async function freeStuckRun(
  pool: Pool,
  { agents, patienceMs = PATIENCE_MS, runId, format, queue }: FreeOptions,
): Promise<{ readonly status: 'queued' | 'running'; readonly format: string } | null> {
  const values = [agents, patienceMs, runId, format, queue]
  const { rows } = await pool.query<{ status: 'queued' | 'running'; format: string }>(FREE, values)
  const row = rows[0]
  if (row === undefined) return null
  changesOf(pool).tell(runId, false)
  return { status: row.status, format: row.format }
}
