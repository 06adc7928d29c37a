import { CodexError, type OrchestrateRequest } from '@codex/protocol'
import type { Pool, PoolClient } from 'pg'
import type { RunPlan } from '../orchestrator/plan.ts'
import { inTransaction } from './in-transaction.ts'
import { toJsonText, toStorableText } from './json-text.ts'
import { TAKE_OVER, type TakeOver } from './take-over.ts'

export interface NewRun {
  readonly id: string
  readonly prompt: string
  readonly plan: RunPlan
  readonly agentSequence: readonly string[]
  readonly workflow: string | null
  readonly sessionId: string | null
  readonly labels: Readonly<Record<string, string>>
  readonly idempotencyKey: string | null
  readonly requestDigest: string
  /** Fingerprint of the API key that asked. */
  readonly principal?: string | null
  readonly format?: string
  /** Higher first; default 0. */
  readonly priority?: number
  readonly notBefore?: Date | null
  readonly deadline?: Date | null
  /** Run of the same session that has to end first. */
  readonly predecessorId?: string | null
  readonly originId?: string | null
  readonly originKind?: 'retry' | 'fork' | null
  readonly originStep?: string | null
  readonly scheduleId?: string | null
  readonly webhook?: OrchestrateRequest['webhook'] | null
  /** Tree that it starts from, where that is known before it begins. */
  readonly baseTree?: string | null
  readonly takeOver?: TakeOver | null
}

const describeInsert = (takeOver: string) => `
WITH room AS (
  SELECT count(*)::int AS queued FROM (SELECT FROM codex.runs WHERE status = 'queued' LIMIT $10::int) q
), inserted AS (
  INSERT INTO codex.runs (id, status, prompt, plan, agent_sequence, workflow, session_id, labels, idempotency_key,
    request_digest, principal, format, priority, not_before, deadline, predecessor_id, origin_id, origin_kind, origin_step,
    schedule_id, webhook, base_tree, last_seq)
  SELECT $1, 'queued', $2, $3::jsonb, $4::text[], $5, $6::uuid, $7::jsonb, $8, $9, $11, COALESCE(m.format, '1'),
    COALESCE(m.priority, 0), m."notBefore", m.deadline, m."predecessorId", m."originId", m."originKind", m."originStep",
    m."scheduleId", NULLIF(m.webhook, 'null'::jsonb), m."baseTree", 1
  FROM room, jsonb_to_record($12::jsonb) AS m(format text, priority int, "notBefore" timestamptz, deadline timestamptz,
    "predecessorId" uuid, "originId" uuid, "originKind" text, "originStep" text, "scheduleId" uuid, webhook jsonb,
    "baseTree" text)
  WHERE room.queued < ($12::jsonb->>'freeBelow')::int
  ON CONFLICT (COALESCE(principal, ''), idempotency_key) DO NOTHING
  RETURNING id
), first_event AS (
  INSERT INTO codex.events (run_id, seq, type, data)
  SELECT id, 1, 'run.queued', jsonb_build_object('agentSequence', to_jsonb($4::text[])) || ($12::jsonb->'queued')
  FROM inserted
)${takeOver}
SELECT EXISTS (SELECT 1 FROM inserted) AS inserted, queued FROM room`
const INSERT = describeInsert('')
const INSERT_AND_TAKE_OVER = describeInsert(TAKE_OVER)

const FIND_BY_KEY = `SELECT id, request_digest FROM codex.runs
  WHERE COALESCE(principal, '') = COALESCE($2, '') AND idempotency_key = $1`

/**
 * Submissions that may be on their way at the same instant without seeing one another, over all nodes: each has a
 * connection, and servers have fewer. So far from the bound nobody has to know of the others.
 */
const MAX_SIMULTANEOUS = 250
/** Any constant: all nodes must agree on it, and nobody else in the database should use it. */
const QUEUE_LOCK = 7_204_511_003

/**
 * Stores a run with its first event. The queue is never longer than the bound: near it submissions of all nodes go one
 * after the other.
 * @param maxQueued how many runs may wait at the same time
 * @returns the stored run's id: the new one, or an earlier one with the same idempotency key and the same request
 * @throws CodexError IDEMPOTENCY_MISMATCH, QUEUE_FULL
 */
export async function submitRun(
  pool: Pool | PoolClient,
  run: NewRun,
  maxQueued: number,
): Promise<{ id: string; created: boolean }> {
  const earlier = await findByIdempotencyKey(pool, run)
  if (earlier !== null) return { id: earlier, created: false }
  let { inserted, queued } = await insert(pool, run, { maxQueued, freeBelow: maxQueued - MAX_SIMULTANEOUS })
  if (!inserted && queued < maxQueued) {
    const taken = await inTransaction(pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [QUEUE_LOCK])
      // a statement of its own, so that it sees what those before it in the line have stored
      return await insert(client, run, { maxQueued, freeBelow: maxQueued })
    })
    inserted = taken.inserted
    queued = taken.queued
  }
  if (inserted) return { id: run.id, created: true }
  // lost against a request with the same key that came at the same moment, or there is no room
  const winner = await findByIdempotencyKey(pool, run)
  if (winner !== null) return { id: winner, created: false }
  throw new CodexError('QUEUE_FULL', `${maxQueued} runs are waiting already (MAX_QUEUED_REQUESTS); try again later`, {
    retryAfterS: 5,
    data: { maxQueuedRequests: maxQueued },
  })
}

async function insert(
  pool: Pool | PoolClient,
  run: NewRun,
  { maxQueued, freeBelow }: { readonly maxQueued: number; readonly freeBelow: number },
): Promise<{ readonly inserted: boolean; readonly queued: number }> {
  const { takeOver = null } = run
  const result = await pool.query<{ inserted: boolean; queued: number }>({
    name: takeOver === null ? 'submit-run' : 'submit-run-taking-over',
    text: takeOver === null ? INSERT : INSERT_AND_TAKE_OVER,
    values: [
      run.id,
      toStorableText(run.prompt),
      toJsonText(run.plan),
      run.agentSequence,
      run.workflow,
      run.sessionId,
      toJsonText(run.labels),
      run.idempotencyKey,
      run.requestDigest,
      maxQueued,
      run.principal ?? null,
      toJsonText({ ...describeMore(run), freeBelow }),
      ...(takeOver === null ? [] : [toJsonText(takeOver.steps), takeOver.originId, takeOver.verifications]),
    ],
  })
  return result.rows[0] ?? { inserted: false, queued: 0 }
}

function describeMore(run: NewRun) {
  const { format, priority, notBefore, deadline, predecessorId, originId, originKind, originStep, scheduleId } = run
  const { webhook, baseTree } = run
  const columns = { format, priority, notBefore, deadline, predecessorId, originId, originKind, originStep, scheduleId }
  return { ...columns, webhook, baseTree, queued: describeQueued(run) }
}

/** What the first event tells beyond the agents. */
function describeQueued({ notBefore, predecessorId, scheduleId, takeOver, ...run }: NewRun) {
  const reusedSteps = (takeOver?.steps ?? []).filter((step) => step.status === 'completed').map((step) => step.id)
  const origin = { requestId: run.originId, kind: run.originKind, step: run.originStep, reusedSteps }
  return {
    ...(run.originId == null ? {} : { origin }),
    ...(notBefore == null ? {} : { notBefore: notBefore.toISOString() }),
    ...(predecessorId == null ? {} : { predecessorId }),
    ...(scheduleId == null ? {} : { scheduleId }),
  }
}

/** An earlier run with the same key. @throws CodexError IDEMPOTENCY_MISMATCH */
export async function findByIdempotencyKey(
  pool: Pool | PoolClient,
  run: Pick<NewRun, 'idempotencyKey' | 'principal' | 'requestDigest'>,
): Promise<string | null> {
  if (run.idempotencyKey === null) return null
  const found = await pool.query<{ id: string; request_digest: string }>({
    name: 'find-by-idempotency-key',
    text: FIND_BY_KEY,
    values: [run.idempotencyKey, run.principal ?? null],
  })
  const row = found.rows[0]
  if (row === undefined) return null
  if (row.request_digest === run.requestDigest) return row.id
  throw new CodexError(
    'IDEMPOTENCY_MISMATCH',
    'this idempotency key was used with another request; use a new key for a new request',
    { data: { requestId: row.id } },
  )
}
