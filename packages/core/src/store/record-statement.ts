import { deliveryExpressions, NEW_DELIVERIES } from './webhook-deliveries.ts'

/** What a write can hold beside its events. All but `deliveries` come with a parameter of their own. */
export const RECORD_PARTS = [
  'run',
  'steps',
  'calls',
  'artifacts',
  'packs',
  'settlements',
  'evidence',
  'deliveries',
] as const
export type RecordPart = (typeof RECORD_PARTS)[number]

export interface RecordStatement {
  readonly name: string
  readonly text: string
}

const known = new Map<string, RecordStatement>()

/**
 * The one statement that writes what happened in a run, with the expressions of these parts alone: each one costs time to
 * set up also where it has nothing to do (a write of events alone took 0.46 ms with all of them). Parameters: `$1` the
 * run, `$2` the epoch, `$3` the events, `$4` how many bytes are stored, then the parts' in the order of
 * {@link RECORD_PARTS}. A run that has ended, or that another node took over (epoch), is not written at all; nor is one
 * that somebody asked to cancel made to wait, since nobody would look at the request.
 */
export function recordStatement(parts: ReadonlySet<RecordPart>): RecordStatement {
  const present = RECORD_PARTS.filter((part) => parts.has(part))
  // initials: Postgres tells names apart by their first 63 bytes
  const name = `record-run-${present.map((part) => part.slice(0, 2)).join('')}`
  const before = known.get(name)
  if (before !== undefined) return before
  const withParameters: readonly RecordPart[] = present.filter((part) => part !== 'deliveries')
  const expressions = present.map((part) => EXPRESSIONS[part](`$${withParameters.indexOf(part) + 5}::jsonb`))
  const run = `$${withParameters.indexOf('run') + 5}::jsonb`
  const text = `
WITH target AS (
  UPDATE codex.runs SET last_seq = last_seq + jsonb_array_length($3::jsonb), stored_bytes = stored_bytes + $4::bigint
    ${parts.has('run') ? runColumns(run) : ''}
  WHERE id = $1 AND ($2::int IS NULL OR epoch = $2) AND status NOT IN ('completed', 'failed', 'cancelled')
    ${parts.has('run') ? `AND (cancel_reason IS NULL OR COALESCE(${run}->>'status', '') <> 'waiting')` : ''}
  RETURNING id, last_seq, webhook
), new_events AS (
  INSERT INTO codex.events (run_id, seq, step_id, attempt, type, data)
  SELECT t.id, t.last_seq - jsonb_array_length($3::jsonb) + e.ordinality,
    e.value->>'stepId', (e.value->>'attempt')::int, e.value->>'type', e.value->'data'
  FROM target t, jsonb_array_elements($3::jsonb) WITH ORDINALITY e
)${expressions.join('')}
SELECT last_seq${parts.has('deliveries') ? `, ${NEW_DELIVERIES}` : ''} FROM target`
  const statement = { name, text }
  known.set(name, statement)
  return statement
}

const runColumns = (run: string): string => `, status = COALESCE(${run}->>'status', status),
    ended_at = COALESCE((${run}->>'endedAt')::timestamptz, ended_at),
    success = COALESCE((${run}->>'success')::boolean, success),
    verified = COALESCE((${run}->>'verified')::boolean, verified),
    base_tree = COALESCE(${run}->>'baseTree', base_tree),
    head_tree = COALESCE(${run}->>'headTree', head_tree),
    patch = COALESCE(${run}->>'patch', patch),
    verification = COALESCE(${run}->'verification', verification),
    warnings = COALESCE(${run}->'warnings', warnings),
    error = COALESCE(${run}->'error', error),
    cancel_reason = COALESCE(${run}->>'cancelReason', cancel_reason),
    waiting = CASE WHEN ${run} ? 'waiting' THEN NULLIF(${run}->'waiting', 'null'::jsonb) ELSE waiting END,
    summary = COALESCE(${run}->>'summary', summary),
    active_ms = active_ms + CASE WHEN ${run} ? 'status' AND active_since IS NOT NULL
      THEN EXTRACT(EPOCH FROM now() - active_since) * 1000 ELSE 0 END,
    active_since = CASE WHEN ${run} ? 'status' THEN NULL ELSE active_since END`

/** By part: the common table expressions that write it, out of its parameter. */
const EXPRESSIONS: Readonly<Record<RecordPart, (rows: string) => string>> = {
  run: () => '',
  steps: (rows) => `, new_steps AS (
  INSERT INTO codex.steps (run_id, id, position, agent, status, attempts, model, model_reason, started_at, ended_at,
    input_tree, output_tree, usage, cost_usd, artifacts, error)
  SELECT t.id, s.id, s.position, s.agent, s.status, s.attempts, s.model, s."modelReason", s."startedAt", s."endedAt",
    s."inputTree", s."outputTree", s.usage, s."costUsd", s.artifacts, NULLIF(s.error, 'null'::jsonb)
  FROM target t, jsonb_to_recordset(${rows}) AS s(id text, position int, agent text, status text, attempts int,
    model text, "modelReason" text, "startedAt" timestamptz, "endedAt" timestamptz, "inputTree" text,
    "outputTree" text, usage jsonb, "costUsd" float8, artifacts jsonb, error jsonb)
  ON CONFLICT (run_id, id) DO UPDATE SET status = excluded.status, attempts = excluded.attempts,
    model = excluded.model, model_reason = excluded.model_reason, started_at = excluded.started_at,
    ended_at = excluded.ended_at, input_tree = excluded.input_tree, output_tree = excluded.output_tree,
    usage = excluded.usage, cost_usd = excluded.cost_usd, artifacts = excluded.artifacts, error = excluded.error
)`,
  calls: (rows) => `, new_calls AS (
  INSERT INTO codex.calls (run_id, step_id, attempt, n, kind, request_digest, result)
  SELECT t.id, c."stepId", c.attempt, c.n, c.kind, c."requestDigest", c.result
  FROM target t, jsonb_to_recordset(${rows}) AS c("stepId" text, attempt int, n int, kind text,
    "requestDigest" text, result jsonb)
)`,
  // renewed: retention removes contents that are old and that no step has, and this step is not visible yet
  artifacts: (rows) => `, new_artifacts AS (
  INSERT INTO codex.artifacts (digest, kind, content)
  SELECT a.digest, a.kind, a.content FROM target t, jsonb_to_recordset(${rows}) AS a(digest text, kind text, content jsonb)
  ON CONFLICT (digest) DO UPDATE SET created_at = now()
)`,
  packs: (rows) => `, new_packs AS (
  INSERT INTO codex.packs (run_id, tree, base_tree, n, content)
  SELECT t.id, p.tree, p."baseTree", p.n, decode(p.content, 'base64')
  FROM target t, jsonb_to_recordset(${rows}) AS p(tree text, "baseTree" text, n int, content text)
  ON CONFLICT (run_id, tree) DO NOTHING
)`,
  settlements: (rows) => `, settled AS (
  SELECT s."stepId" AS step_id, s.attempt, s.n, s.accounts, s.usd, s.tokens, s."activeMs" AS active_ms
  FROM target t, jsonb_to_recordset(${rows}) AS s("stepId" text, attempt int, n int, accounts jsonb, usd float8,
    tokens bigint, "activeMs" float8)
), freed AS (
  DELETE FROM codex.budget_reservations r USING target t, settled s
  WHERE r.run_id = t.id AND r.step_id = s.step_id AND r.attempt = s.attempt AND r.n = s.n
), spent AS (
  INSERT INTO codex.budget_accounts (scope, id, period, usd, tokens, active_ms)
  SELECT a.scope, a.id, a.period, sum(s.usd), sum(s.tokens), COALESCE(sum(s.active_ms), 0)
  FROM settled s, jsonb_to_recordset(s.accounts) AS a(scope text, id text, period text)
  GROUP BY a.scope, a.id, a.period ORDER BY a.scope, a.id, a.period
  ON CONFLICT (scope, id, period) DO UPDATE SET usd = codex.budget_accounts.usd + excluded.usd,
    tokens = codex.budget_accounts.tokens + excluded.tokens,
    active_ms = codex.budget_accounts.active_ms + excluded.active_ms, updated_at = now()
)`,
  evidence: (rows) => `, new_evidence AS (
  INSERT INTO codex.evidence (run_id, statement, key_id, signature)
  SELECT t.id, e.statement, e."keyId", e.signature
  FROM target t, jsonb_to_recordset(${rows}) AS e(statement text, "keyId" text, signature text)
)`,
  deliveries: () => `, written AS (
  SELECT t.id, t.webhook, t.last_seq - jsonb_array_length($3::jsonb) + e.ordinality AS seq, e.value->>'type' AS type
  FROM target t, jsonb_array_elements($3::jsonb) WITH ORDINALITY e
), ${deliveryExpressions('written')}`,
}
