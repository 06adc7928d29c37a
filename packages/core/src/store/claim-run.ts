import type { BudgetLimits } from '@codex/protocol'
import type { Pool } from 'pg'
import { RUN_FORMATS } from '../engine/run-formats.ts'
import type { RunPlan } from '../orchestrator/plan.ts'
import { ENTER, type EngineEntry, toEntryValues } from './engine-entry.ts'
import { changesOf } from './run-changes.ts'

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
  readonly sessionId: string | null
  /** Limits over all runs of its session; null where there are none. */
  readonly sessionBudget: BudgetLimits | null
  /** Fingerprint of the API key that asked. */
  readonly principal: string | null
  readonly deadline: Date | null
  /** Retry or fork of this run, from this step on. */
  readonly originId: string | null
  readonly originStep: string | null
  /** Node that owns it now. */
  readonly node: string
  readonly createdAt: Date
  readonly startedAt: Date
  /** Time in which it was executed until now, without waiting and queueing, by the database's clock. */
  readonly elapsedMs: number
  /** What was written for it until now, as `runs.stored_bytes` counts it. */
  readonly storedBytes: number
  /** Set when somebody asked to cancel before the claim. */
  readonly cancelReason: string | null
  readonly recovered: boolean
}

interface ClaimedRow {
  id: string
  epoch: number
  prompt: string
  plan: RunPlan
  base_tree: string | null
  agent_sequence: string[]
  workflow: string | null
  request_digest: string
  session_id: string | null
  session_budget: BudgetLimits | null
  principal: string | null
  deadline: Date | null
  origin_id: string | null
  origin_step: string | null
  created_at: Date
  started_at: Date
  elapsed_ms: number
  stored_bytes: number
  cancel_reason: string | null
}

const IS_OWNER = `EXISTS (SELECT 1 FROM dbos.workflow_status w
      WHERE w.workflow_uuid = $1::uuid::text AND w.status = 'PENDING' AND w.owner_xid = $4)`

/**
 * @param entry what has to succeed before, in the same statement; null for a run that the engine has given to the node
 * @param condition what has to hold besides
 */
const claimStatement = (entry: string | null, condition: string): string => `
WITH ${entry === null ? '' : `${entry}, `}target AS (
  UPDATE codex.runs r SET status = 'running', epoch = r.epoch + 1, node = $2, last_seq = r.last_seq + 1,
    started_at = COALESCE(r.started_at, now()), waiting = NULL,
    -- after a crash nobody knows how long it went on: until the last that was recorded at least
    active_ms = r.active_ms + COALESCE((SELECT EXTRACT(EPOCH FROM GREATEST(e.ts - r.active_since, interval '0')) * 1000
      FROM codex.events e WHERE e.run_id = r.id AND e.seq = r.last_seq), 0),
    active_since = now()
  FROM codex.runs before
  WHERE r.id = $1 AND before.id = r.id AND r.status NOT IN ('completed', 'failed', 'cancelled', 'waiting')
    -- one that comes too late is not begun, and runs of a session never overlap, whoever started this one
    AND (r.deadline IS NULL OR r.deadline > now() OR r.epoch > 0)
    AND NOT EXISTS (SELECT 1 FROM codex.runs p WHERE p.id = r.predecessor_id
      AND p.status NOT IN ('completed', 'failed', 'cancelled'))
    AND ${condition}
  RETURNING r.id, r.epoch, r.prompt, r.plan, r.base_tree, r.agent_sequence, r.workflow, r.request_digest, r.session_id,
    r.principal, r.deadline, r.origin_id, r.origin_step, r.created_at, r.started_at, r.active_ms AS elapsed_ms,
    r.stored_bytes::float8 AS stored_bytes, r.cancel_reason, r.last_seq, before.status AS former_status,
    (SELECT s.budget FROM codex.sessions s WHERE s.id = r.session_id) AS session_budget
), unsettled AS (
  DELETE FROM codex.budget_reservations r USING target t WHERE r.run_id = t.id
), new_event AS (
  INSERT INTO codex.events (run_id, seq, type, data)
  SELECT id, last_seq, CASE WHEN former_status = 'queued' THEN 'run.started' ELSE 'run.recovered' END, jsonb_build_object('node', $2::text)
  FROM target
)
${entry === null ? 'SELECT target.* FROM target' : 'SELECT target.* FROM entered LEFT JOIN target ON true'}`

/** Others read and execute its rows. */
const IS_KNOWN = 'r.format = ANY($3::text[])'
const CLAIM = { name: 'claim-run', text: claimStatement(null, IS_KNOWN) }
/** An execution that was frozen before it came here does not take the run from who goes on with it. */
const CLAIM_AS_OWNER = { name: 'claim-run-as-owner', text: claimStatement(null, `${IS_KNOWN} AND ${IS_OWNER}`) }
const ENTER_AND_CLAIM = {
  name: 'enter-and-claim-run',
  text: claimStatement(ENTER, 'EXISTS (SELECT 1 FROM entered)'),
}

/**
 * Takes a run over for a node; writes of the node that had it before no longer hit.
 * @param owner the engine's token of this execution; null claims whatever the engine says
 * @param formats that this node executes
 * @returns null when the run has ended, waits for somebody or for another run, is past its deadline, is of another format,
 *   does not exist, or the engine means another execution
 */
export async function claimRun(
  pool: Pool,
  runId: string,
  node: string,
  owner: string | null = null,
  formats: readonly string[] = RUN_FORMATS,
): Promise<ClaimedRun | null> {
  const query =
    owner === null
      ? { ...CLAIM, values: [runId, node, formats] }
      : { ...CLAIM_AS_OWNER, values: [runId, node, formats, owner] }
  const result = await pool.query<ClaimedRow>(query)
  const row = result.rows[0]
  return row === undefined ? null : claimed(pool, runId, node, row)
}

/**
 * Enters a queued run into the engine and takes it over for a node, in one commit.
 * @returns null when it was not entered and has to go through the queue; `claimed` is null when it was entered but cannot be
 *   begun (see {@link claimRun}): the engine has it, and it is to be executed to no effect
 */
export async function enterAndClaimRun(
  pool: Pool,
  runId: string,
  node: string,
  entry: EngineEntry,
): Promise<{ readonly claimed: ClaimedRun | null } | null> {
  const values = [runId, node, ...toEntryValues(entry)]
  const result = await pool.query<ClaimedRow | { id: null }>({ ...ENTER_AND_CLAIM, values })
  const row = result.rows[0]
  if (row === undefined) return null
  return { claimed: row.id === null ? null : claimed(pool, runId, node, row) }
}

function claimed(pool: Pool, runId: string, node: string, row: ClaimedRow): ClaimedRun {
  changesOf(pool).tell(runId, true)
  return {
    id: runId,
    epoch: row.epoch,
    prompt: row.prompt,
    plan: completePlan(row.plan),
    baseTree: row.base_tree,
    agentSequence: row.agent_sequence,
    workflow: row.workflow,
    requestDigest: row.request_digest,
    sessionId: row.session_id,
    sessionBudget: row.session_budget,
    principal: row.principal,
    deadline: row.deadline,
    originId: row.origin_id,
    originStep: row.origin_step,
    node,
    createdAt: row.created_at,
    startedAt: row.started_at,
    elapsedMs: row.elapsed_ms,
    storedBytes: row.stored_bytes,
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
