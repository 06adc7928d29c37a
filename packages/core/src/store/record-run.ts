import type {
  EventData,
  EventType,
  RunError,
  RunStatus,
  RunWaiting,
  StepStatus,
  Usage,
  Verification,
} from '@codex/protocol'
import type { Pool } from 'pg'
import type { EvidenceRow } from './evidence.ts'
import { toJsonText } from './json-text.ts'
import { changesOf } from './run-changes.ts'
import { deliveryExpressions, isTold, NEW_DELIVERIES, tellDeliveries } from './webhook-deliveries.ts'

/** An event before it has its number. */
export type NewEvent = {
  [T in EventType]: { type: T; data: EventData<T>; stepId?: string; attempt?: number }
}[EventType]

/** The whole row of a step; writes replace it. */
export interface StepRow {
  readonly id: string
  readonly position: number
  readonly agent: string
  readonly status: StepStatus
  readonly attempts: number
  readonly model: string | null
  readonly modelReason: string | null
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  readonly inputTree: string | null
  readonly outputTree: string | null
  readonly usage: Usage
  readonly costUsd: number | null
  /** Kind -> digest. */
  readonly artifacts: Readonly<Record<string, string>>
  readonly error: RunError | null
}

/** One finished piece of work of the ledger. */
export interface CallRow {
  readonly stepId: string
  readonly attempt: number
  readonly n: number
  readonly kind: string
  readonly requestDigest: string
  readonly result: unknown
}

export interface ArtifactRow {
  readonly digest: string
  readonly kind: string
  readonly content: unknown
}

/** Columns of a run that change while it runs; absent ones stay. */
export interface RunPatch {
  readonly status?: RunStatus
  readonly endedAt?: Date
  readonly success?: boolean
  readonly verified?: boolean
  readonly baseTree?: string
  readonly headTree?: string
  readonly patch?: string
  readonly verification?: Verification
  readonly warnings?: readonly string[]
  readonly error?: RunError
  readonly cancelReason?: string
  readonly waiting?: RunWaiting | null
  /** What the run made, in words, for the search. */
  readonly summary?: string
}

/** Objects that make a tree complete where another one is there already. */
export interface PackRow {
  readonly tree: string
  readonly baseTree: string
  /** Order within the run. */
  readonly n: number
  readonly content: Buffer
}

/** Where a limit that several runs share is accounted. */
export interface BudgetAccount {
  readonly scope: 'session' | 'key'
  readonly id: string
  readonly period: string
}

/** What a finished call cost in the end; its reservation goes. */
export interface SettlementRow {
  readonly stepId: string
  readonly attempt: number
  readonly n: number
  readonly accounts: readonly BudgetAccount[]
  /** 0 where the price is unknown. */
  readonly usd: number
  readonly tokens: number
}

export interface RunWrite {
  readonly runId: string
  /** The writer's epoch; null for writers that don't own the run (a cancel request). */
  readonly epoch: number | null
  readonly run?: RunPatch
  readonly steps?: readonly StepRow[]
  readonly calls?: readonly CallRow[]
  readonly artifacts?: readonly ArtifactRow[]
  readonly packs?: readonly PackRow[]
  readonly settlements?: readonly SettlementRow[]
  /** Signed statement of a run that ends with this write. */
  readonly evidence?: EvidenceRow | null
  readonly events: readonly NewEvent[]
}

// One statement, so one commit and one round trip: the state, what it led to and the events that tell of it.
// A run that has ended, or that another node took over (epoch), is not written at all.
const recordStatement = (tells: boolean): string => `
WITH target AS (
  UPDATE codex.runs SET
    last_seq = last_seq + jsonb_array_length($4::jsonb),
    status = COALESCE($3::jsonb->>'status', status),
    ended_at = COALESCE(($3::jsonb->>'endedAt')::timestamptz, ended_at),
    success = COALESCE(($3::jsonb->>'success')::boolean, success),
    verified = COALESCE(($3::jsonb->>'verified')::boolean, verified),
    base_tree = COALESCE($3::jsonb->>'baseTree', base_tree),
    head_tree = COALESCE($3::jsonb->>'headTree', head_tree),
    patch = COALESCE($3::jsonb->>'patch', patch),
    verification = COALESCE($3::jsonb->'verification', verification),
    warnings = COALESCE($3::jsonb->'warnings', warnings),
    error = COALESCE($3::jsonb->'error', error),
    cancel_reason = COALESCE($3::jsonb->>'cancelReason', cancel_reason),
    waiting = CASE WHEN $3::jsonb ? 'waiting' THEN NULLIF($3::jsonb->'waiting', 'null'::jsonb) ELSE waiting END,
    summary = COALESCE($3::jsonb->>'summary', summary),
    stored_bytes = stored_bytes + $9::bigint,
    active_ms = active_ms + CASE WHEN $3::jsonb ? 'status' AND active_since IS NOT NULL
      THEN EXTRACT(EPOCH FROM now() - active_since) * 1000 ELSE 0 END,
    active_since = CASE WHEN $3::jsonb ? 'status' THEN NULL ELSE active_since END
  WHERE id = $1 AND ($2::int IS NULL OR epoch = $2) AND status NOT IN ('completed', 'failed', 'cancelled')
    -- nobody would look at the request of a run that waits: it is taken up once more and cancelled then
    AND (cancel_reason IS NULL OR COALESCE($3::jsonb->>'status', '') <> 'waiting')
  RETURNING id, last_seq, webhook
), new_events AS (
  INSERT INTO codex.events (run_id, seq, step_id, attempt, type, data)
  SELECT t.id, t.last_seq - jsonb_array_length($4::jsonb) + e.ordinality,
    e.value->>'stepId', (e.value->>'attempt')::int, e.value->>'type', e.value->'data'
  FROM target t, jsonb_array_elements($4::jsonb) WITH ORDINALITY e
), new_steps AS (
  INSERT INTO codex.steps (run_id, id, position, agent, status, attempts, model, model_reason, started_at, ended_at,
    input_tree, output_tree, usage, cost_usd, artifacts, error)
  SELECT t.id, s.id, s.position, s.agent, s.status, s.attempts, s.model, s."modelReason", s."startedAt", s."endedAt",
    s."inputTree", s."outputTree", s.usage, s."costUsd", s.artifacts, NULLIF(s.error, 'null'::jsonb)
  FROM target t, jsonb_to_recordset($5::jsonb) AS s(id text, position int, agent text, status text, attempts int,
    model text, "modelReason" text, "startedAt" timestamptz, "endedAt" timestamptz, "inputTree" text,
    "outputTree" text, usage jsonb, "costUsd" float8, artifacts jsonb, error jsonb)
  ON CONFLICT (run_id, id) DO UPDATE SET status = excluded.status, attempts = excluded.attempts,
    model = excluded.model, model_reason = excluded.model_reason, started_at = excluded.started_at,
    ended_at = excluded.ended_at, input_tree = excluded.input_tree, output_tree = excluded.output_tree,
    usage = excluded.usage, cost_usd = excluded.cost_usd, artifacts = excluded.artifacts, error = excluded.error
), new_calls AS (
  INSERT INTO codex.calls (run_id, step_id, attempt, n, kind, request_digest, result)
  SELECT t.id, c."stepId", c.attempt, c.n, c.kind, c."requestDigest", c.result
  FROM target t, jsonb_to_recordset($6::jsonb) AS c("stepId" text, attempt int, n int, kind text,
    "requestDigest" text, result jsonb)
), new_artifacts AS (
  INSERT INTO codex.artifacts (digest, kind, content)
  SELECT a.digest, a.kind, a.content FROM target t, jsonb_to_recordset($7::jsonb) AS a(digest text, kind text, content jsonb)
  -- renewed: retention removes contents that are old and that no step has, and this step is not visible yet
  ON CONFLICT (digest) DO UPDATE SET created_at = now()
), new_packs AS (
  INSERT INTO codex.packs (run_id, tree, base_tree, n, content)
  SELECT t.id, p.tree, p."baseTree", p.n, decode(p.content, 'base64')
  FROM target t, jsonb_to_recordset($10::jsonb) AS p(tree text, "baseTree" text, n int, content text)
  ON CONFLICT (run_id, tree) DO NOTHING
), settled AS (
  SELECT s."stepId" AS step_id, s.attempt, s.n, s.accounts, s.usd, s.tokens
  FROM target t, jsonb_to_recordset($11::jsonb) AS s("stepId" text, attempt int, n int, accounts jsonb, usd float8, tokens bigint)
), freed AS (
  DELETE FROM codex.budget_reservations r USING target t, settled s
  WHERE r.run_id = t.id AND r.step_id = s.step_id AND r.attempt = s.attempt AND r.n = s.n
), spent AS (
  INSERT INTO codex.budget_accounts (scope, id, period, usd, tokens)
  SELECT a.scope, a.id, a.period, sum(s.usd), sum(s.tokens)
  FROM settled s, jsonb_to_recordset(s.accounts) AS a(scope text, id text, period text)
  GROUP BY a.scope, a.id, a.period ORDER BY a.scope, a.id, a.period
  ON CONFLICT (scope, id, period) DO UPDATE SET usd = codex.budget_accounts.usd + excluded.usd,
    tokens = codex.budget_accounts.tokens + excluded.tokens, updated_at = now()
), new_evidence AS (
  INSERT INTO codex.evidence (run_id, statement, key_id, signature)
  SELECT t.id, e.statement, e."keyId", e.signature
  FROM target t, jsonb_to_recordset($8::jsonb) AS e(statement text, "keyId" text, signature text)
)${tells ? TELLING : ''}
SELECT last_seq${tells ? `, ${NEW_DELIVERIES}` : ''} FROM target`

const TELLING = `, written AS (
  SELECT t.id, t.webhook, t.last_seq - jsonb_array_length($4::jsonb) + e.ordinality AS seq, e.value->>'type' AS type
  FROM target t, jsonb_array_elements($4::jsonb) WITH ORDINALITY e
), ${deliveryExpressions('written')}`

// few writes hold an event that a webhook may have to be told of: the others do not pay for it
const RECORD = { name: 'record-run', text: recordStatement(false) }
const RECORD_AND_TELL = { name: 'record-run-and-tell', text: recordStatement(true) }

/**
 * Writes what happened in a run in one transaction.
 * @returns the run's last event number, or null when the run has ended or belongs to another node now
 */
export async function recordRun(pool: Pool, write: RunWrite): Promise<number | null> {
  const packs = (write.packs ?? []).map((pack) => ({ ...pack, content: pack.content.toString('base64') }))
  const texts = [
    toJsonText(write.run ?? {}),
    toJsonText(write.events),
    toJsonText(write.steps ?? []),
    toJsonText(write.calls ?? []),
    toJsonText(write.artifacts ?? []),
    toJsonText(write.evidence == null ? [] : [write.evidence]),
  ]
  const packBytes = (write.packs ?? []).reduce((sum, pack) => sum + pack.content.length, 0)
  const storedBytes = texts.reduce((sum, text) => sum + text.length, packBytes)
  const result = await pool.query<{ last_seq: number; deliveries?: string[] | null }>({
    ...(write.events.some(({ type }) => isTold(type)) ? RECORD_AND_TELL : RECORD),
    values: [write.runId, write.epoch, ...texts, storedBytes, toJsonText(packs), toJsonText(write.settlements ?? [])],
  })
  const lastSeq = result.rows[0]?.last_seq ?? null
  tellDeliveries(pool, result.rows[0]?.deliveries)
  if (lastSeq !== null) changesOf(pool).tell(write.runId, write.run?.status !== undefined)
  return lastSeq
}
