import type { Stats } from '@codex/protocol'
import type { Pool } from 'pg'

const COUNTS = `
SELECT
  count(*) FILTER (WHERE status = 'running')::int AS running,
  count(*) FILTER (WHERE status = 'queued')::int AS queued,
  count(*) FILTER (WHERE status = 'waiting')::int AS waiting,
  count(*) FILTER (WHERE status = 'completed')::int AS completed,
  count(*) FILTER (WHERE status = 'failed')::int AS failed,
  count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled,
  count(DISTINCT session_id) FILTER (WHERE status IN ('queued', 'running', 'waiting'))::int AS active_sessions
FROM codex.runs`

const USAGE = `
SELECT COALESCE(sum((usage->>'inputTokens')::bigint), 0)::float8 AS input_tokens,
  COALESCE(sum((usage->>'outputTokens')::bigint), 0)::float8 AS output_tokens,
  COALESCE(sum((usage->>'modelCalls')::bigint), 0)::float8 AS model_calls,
  CASE WHEN bool_or(cost_usd IS NULL AND (usage->>'modelCalls')::int > 0) THEN NULL ELSE COALESCE(sum(cost_usd), 0) END AS cost_usd
FROM codex.steps`

interface Counts {
  running: number
  queued: number
  waiting: number
  completed: number
  failed: number
  cancelled: number
  active_sessions: number
}

interface UsageSums {
  input_tokens: number
  output_tokens: number
  model_calls: number
  cost_usd: number | null
}

/** Counts of runs and sums over their steps. The cost is null as soon as one step's price is unknown. */
export async function readStats(pool: Pool): Promise<Omit<Stats, 'limits'>> {
  const [counts, sums] = await Promise.all([pool.query<Counts>(COUNTS), pool.query<UsageSums>(USAGE)])
  const count = counts.rows[0]
  const sum = sums.rows[0]
  return {
    activeSessions: count?.active_sessions ?? 0,
    running: count?.running ?? 0,
    queued: count?.queued ?? 0,
    waiting: count?.waiting ?? 0,
    totals: { completed: count?.completed ?? 0, failed: count?.failed ?? 0, cancelled: count?.cancelled ?? 0 },
    usage: {
      inputTokens: sum?.input_tokens ?? 0,
      outputTokens: sum?.output_tokens ?? 0,
      modelCalls: sum?.model_calls ?? 0,
    },
    costUsd: sum?.cost_usd ?? null,
  }
}
