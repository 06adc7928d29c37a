import type { BudgetLimits } from '@codex/protocol'
import { escapeLiteral, type Pool, type QueryResult } from 'pg'
import type { BudgetAccount, CallRow } from './record-run.ts'

/** An account with its limits; those of a session are read anew each time, so that a raise holds at once. */
export interface LimitedAccount extends BudgetAccount {
  readonly limits: BudgetLimits
}

export interface AccountState extends LimitedAccount {
  /** Settled use: dollars, tokens, and milliseconds of execution with those of runs that go on now. */
  readonly usd: number
  readonly tokens: number
  readonly activeMs: number
}

export interface SharedReservation {
  readonly runId: string
  readonly epoch: number
  readonly place: Pick<CallRow, 'stepId' | 'attempt' | 'n'>
  readonly accounts: readonly LimitedAccount[]
  /** The most that the call costs; 0 dollars where the price is unknown. */
  readonly usd: number
  readonly tokens: number
}

/**
 * Time of an account's executions that go on now; it is booked when they end. By the database's clock, and until another
 * node takes a run over also that of a node that died.
 */
const GOING_MS = `COALESCE((SELECT sum(EXTRACT(EPOCH FROM clock_timestamp() - o.active_since) * 1000) FROM codex.runs o
    WHERE o.status = 'running' AND CASE a.scope WHEN 'session' THEN o.session_id::text ELSE o.principal END = a.id), 0)::float8`

// Two statements in one message, so one transaction and one round trip. The first locks the accounts, the second sees
// everything that was committed until then: within one statement, reservations that others made while it waited for the
// lock would not be there. Reservations of a node that lost its run don't count.
const reserveStatements = (json: string): string => `
INSERT INTO codex.budget_accounts (scope, id, period)
SELECT a.scope, a.id, a.period FROM jsonb_to_recordset(${json}::jsonb->'accounts') AS a(scope text, id text, period text)
ORDER BY a.scope, a.id, a.period
ON CONFLICT (scope, id, period) DO UPDATE SET updated_at = now();
WITH call AS (
  SELECT * FROM jsonb_to_record(${json}::jsonb) AS c("runId" uuid, epoch int, "stepId" text, attempt int, n int,
    usd float8, tokens float8, accounts jsonb)
), asked AS (
  SELECT a.scope, a.id, a.period, CASE WHEN a.scope = 'session' THEN COALESCE(s.budget, '{}') ELSE a.limits END AS limits
  FROM call c, jsonb_to_recordset(c.accounts) AS a(scope text, id text, period text, limits jsonb)
  LEFT JOIN codex.sessions s ON a.scope = 'session' AND s.id::text = a.id
), state AS (
  SELECT a.scope, a.id, a.period, a.limits, b.usd, b.tokens,
    b.active_ms + CASE WHEN a.limits ? 'maxDurationS' THEN ${GOING_MS} ELSE 0 END AS active_ms,
    COALESCE(sum(r.usd), 0) AS reserved_usd,
    COALESCE(sum(r.tokens), 0) AS reserved_tokens, count(r.run_id) AS calls
  FROM asked a JOIN codex.budget_accounts b ON b.scope = a.scope AND b.id = a.id AND b.period = a.period
  LEFT JOIN (SELECT r.* FROM codex.budget_reservations r JOIN codex.runs o
      ON o.id = r.run_id AND o.epoch = r.epoch AND o.status = 'running') r
    ON r.accounts @> jsonb_build_array(jsonb_build_object('scope', a.scope, 'id', a.id, 'period', a.period))
  GROUP BY a.scope, a.id, a.period, a.limits, b.usd, b.tokens, b.active_ms
), verdict AS (
  SELECT bool_and(
    (l.usd IS NULL OR s.usd + s.reserved_usd + c.usd <= l.usd OR (s.calls = 0 AND s.usd < l.usd))
    AND (l.tokens IS NULL OR s.tokens + s.reserved_tokens + c.tokens <= l.tokens OR (s.calls = 0 AND s.tokens < l.tokens))
    AND (l.usd IS NULL OR s.usd < l.usd) AND (l.tokens IS NULL OR s.tokens < l.tokens)
    AND (l.seconds IS NULL OR s.active_ms < l.seconds * 1000)) AS fits
  FROM call c, state s, LATERAL (SELECT (s.limits->>'maxUsd')::float8 AS usd, (s.limits->>'maxTokens')::float8 AS tokens,
    (s.limits->>'maxDurationS')::float8 AS seconds) l
), owner AS (
  SELECT r.id FROM codex.runs r, call c WHERE r.id = c."runId" AND r.epoch = c.epoch AND r.status = 'running'
), inserted AS (
  INSERT INTO codex.budget_reservations (run_id, epoch, step_id, attempt, n, accounts, usd, tokens)
  SELECT o.id, c.epoch, c."stepId", c.attempt, c.n,
    (SELECT jsonb_agg(jsonb_build_object('scope', a.scope, 'id', a.id, 'period', a.period)) FROM asked a), c.usd, c.tokens
  FROM owner o, call c, verdict v WHERE v.fits
  ON CONFLICT (run_id, step_id, attempt, n) DO UPDATE SET epoch = excluded.epoch, accounts = excluded.accounts,
    usd = excluded.usd, tokens = excluded.tokens
  RETURNING 1
)
SELECT s.scope, s.id, s.period, s.limits, s.usd, s.tokens::float8 AS tokens, s.active_ms AS "activeMs",
  EXISTS (SELECT 1 FROM inserted) AS reserved, EXISTS (SELECT 1 FROM owner) AS owned
FROM state s`

/**
 * Makes room for a call in every account that it counts against, or in none.
 * @returns whether there is room, and how the accounts stand; null when the run belongs to another node now
 */
export async function reserveShared(
  pool: Pool,
  { place, ...call }: SharedReservation,
): Promise<{ readonly reserved: boolean; readonly accounts: readonly AccountState[] } | null> {
  const { stepId, attempt, n } = place
  const json = escapeLiteral(JSON.stringify({ ...call, stepId, attempt, n }))
  // several statements come back as several results, which the types don't know
  const results = (await pool.query(reserveStatements(json))) as unknown as readonly QueryResult<
    AccountState & { reserved: boolean; owned: boolean }
  >[]
  const rows = results[1]?.rows ?? []
  if (rows[0]?.owned !== true) return null
  return { reserved: rows[0].reserved, accounts: rows }
}

/** Gives room back that a call did not use. */
export async function releaseShared(pool: Pool, runId: string, place: SharedReservation['place']): Promise<void> {
  await pool.query(
    'DELETE FROM codex.budget_reservations WHERE run_id = $1 AND step_id = $2 AND attempt = $3 AND n = $4',
    [runId, place.stepId, place.attempt, place.n],
  )
}

/** How accounts stand; nothing was used of one that nobody has used yet. */
export async function readAccounts(pool: Pool, accounts: readonly LimitedAccount[]): Promise<readonly AccountState[]> {
  if (accounts.length === 0) return []
  const result = await pool.query<AccountState>(
    `SELECT a.scope, a.id, a.period,
      CASE WHEN a.scope = 'session' THEN COALESCE(s.budget, '{}') ELSE a.limits END AS limits, COALESCE(b.usd, 0) AS usd,
      COALESCE(b.tokens, 0)::float8 AS tokens, COALESCE(b.active_ms, 0) + ${GOING_MS} AS "activeMs"
    FROM jsonb_to_recordset($1::jsonb) AS a(scope text, id text, period text, limits jsonb)
    LEFT JOIN codex.budget_accounts b ON b.scope = a.scope AND b.id = a.id AND b.period = a.period
    LEFT JOIN codex.sessions s ON a.scope = 'session' AND s.id::text = a.id`,
    [JSON.stringify(accounts)],
  )
  return result.rows
}

/** Begins the account of a session with what its runs used before it got a budget. */
export async function openSessionAccount(pool: Pool, sessionId: string): Promise<void> {
  await pool.query(
    `INSERT INTO codex.budget_accounts (scope, id, period, usd, tokens, active_ms)
    SELECT 'session', $1::text, '', COALESCE(sum(u.usd), 0), COALESCE(sum(u.tokens), 0), COALESCE(sum(r.active_ms), 0)
    FROM codex.runs r LEFT JOIN LATERAL (SELECT sum(s.cost_usd) AS usd, sum((s.usage->>'totalTokens')::bigint) AS tokens
      FROM codex.steps s WHERE s.run_id = r.id) u ON true
    WHERE r.session_id = $1::text::uuid
    ON CONFLICT (scope, id, period) DO NOTHING`,
    [sessionId],
  )
}
