import type { Pool } from 'pg'
import type { RunPlan } from '../orchestrator/plan.ts'

/** A run that this node owns from now on. */
export interface ClaimedRun {
  readonly id: string
  readonly epoch: number
  readonly prompt: string
  readonly plan: RunPlan
  readonly baseTree: string | null
  readonly agentSequence: readonly string[]
  readonly workflow: string | null
  readonly requestDigest: string
  /** Node that owns it now. */
  readonly node: string
  readonly createdAt: Date
  readonly startedAt: Date
  /** Since the run began, by the database's clock: those of the nodes may differ. */
  readonly elapsedMs: number
  /** Set when somebody asked to cancel before the claim. */
  readonly cancelReason: string | null
  readonly recovered: boolean
}

interface ClaimedRow {
  epoch: number
  prompt: string
  plan: RunPlan
  base_tree: string | null
  agent_sequence: string[]
  workflow: string | null
  request_digest: string
  created_at: Date
  started_at: Date
  elapsed_ms: number
  cancel_reason: string | null
}

const CLAIM = `
WITH target AS (
  UPDATE codex.runs SET status = 'running', epoch = epoch + 1, node = $2, last_seq = last_seq + 1,
    started_at = COALESCE(started_at, now())
  WHERE id = $1 AND status NOT IN ('completed', 'failed', 'cancelled')
  RETURNING id, epoch, prompt, plan, base_tree, agent_sequence, workflow, request_digest, created_at, started_at,
    cancel_reason, last_seq
), new_event AS (
  INSERT INTO codex.events (run_id, seq, type, data)
  SELECT id, last_seq, CASE WHEN epoch = 1 THEN 'run.started' ELSE 'run.recovered' END, jsonb_build_object('node', $2::text)
  FROM target
)
SELECT target.*, (EXTRACT(EPOCH FROM now() - started_at) * 1000)::float8 AS elapsed_ms, pg_notify('codex_events', id::text) FROM target`

/**
 * Takes a run over for a node; writes of the node that had it before no longer hit.
 * @returns null when the run has ended or does not exist
 */
export async function claimRun(pool: Pool, runId: string, node: string): Promise<ClaimedRun | null> {
  const result = await pool.query<ClaimedRow>({ name: 'claim-run', text: CLAIM, values: [runId, node] })
  const row = result.rows[0]
  if (row === undefined) return null
  return {
    id: runId,
    epoch: row.epoch,
    prompt: row.prompt,
    plan: completePlan(row.plan),
    baseTree: row.base_tree,
    agentSequence: row.agent_sequence,
    workflow: row.workflow,
    requestDigest: row.request_digest,
    node,
    createdAt: row.created_at,
    startedAt: row.started_at,
    elapsedMs: row.elapsed_ms,
    cancelReason: row.cancel_reason,
    recovered: row.epoch > 1,
  }
}

/** Runs that an earlier version queued know no gates: they end as they were promised. */
function completePlan(plan: RunPlan): RunPlan {
  const { gates, analysis } = plan as Partial<RunPlan>
  return {
    ...plan,
    gates: gates ?? { severityThreshold: null, commands: [], integrity: 'off', mutants: 0, maxMutantsSurviving: null },
    analysis: analysis ?? { mode: 'off', scope: null },
  }
}
