import type { Stats } from '@codex/protocol'
import type { Pool } from 'pg'

/** Figures of every run that is stored, without the limits, which the database does not know. */
export type RunStats = Omit<Stats, 'limits'>

/** What runs add up to. The cost is null as soon as one step's price is unknown. */
interface Sums {
  completed: number
  failed: number
  cancelled: number
  inputTokens: number
  outputTokens: number
  modelCalls: number
  costUsd: number
  hasUnknownCost: boolean
  bytes: number
}

/** Runs that end on a node whose clock is behind, or whose commit takes long, are looked for this long. */
const OVERLAP_MS = 60_000
/** Retention takes runs away again: how old a sum may be before everything is summed up anew, beside what is asked. */
const MAX_AGE_MS = 3_600_000

const ACTIVE = `
SELECT
  count(*) FILTER (WHERE status = 'running')::int AS running,
  count(*) FILTER (WHERE status = 'queued')::int AS queued,
  count(*) FILTER (WHERE status = 'waiting')::int AS waiting,
  count(DISTINCT session_id)::int AS "activeSessions",
  pg_database_size(current_database())::float8 AS "databaseBytes"
FROM codex.runs WHERE status IN ('queued', 'running', 'waiting')`

const USAGE = `
  COALESCE(sum((s.usage->>'inputTokens')::bigint), 0)::float8 AS "inputTokens",
  COALESCE(sum((s.usage->>'outputTokens')::bigint), 0)::float8 AS "outputTokens",
  COALESCE(sum((s.usage->>'modelCalls')::bigint), 0)::float8 AS "modelCalls",
  COALESCE(sum(s.cost_usd), 0)::float8 AS "costUsd",
  COALESCE(bool_or(s.cost_usd IS NULL AND (s.usage->>'modelCalls')::int > 0), false) AS "hasUnknownCost"`

/** What runs and their steps add up to, and which of the runs ended within so many ms ($1) of the last of them. */
const sumOf = (which: string): string => `
WITH chosen AS MATERIALIZED (SELECT id, status, stored_bytes, ended_at FROM codex.runs WHERE ${which}),
late AS (SELECT id, ended_at FROM chosen
  WHERE ended_at > (SELECT max(ended_at) FROM chosen) - $1::float8 * interval '1 millisecond')
SELECT
  count(*) FILTER (WHERE status = 'completed')::int AS completed,
  count(*) FILTER (WHERE status = 'failed')::int AS failed,
  count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled,
  COALESCE(sum(stored_bytes), 0)::float8 AS bytes, max(ended_at) AS "lastEnd",
  (SELECT jsonb_object_agg(id, EXTRACT(EPOCH FROM ended_at) * 1000) FROM late) AS late,
  (SELECT to_jsonb(u) FROM (SELECT ${USAGE} FROM codex.steps s WHERE s.run_id IN (SELECT id FROM chosen)) u) AS usage
FROM chosen`

const SUM_ALL_ENDED = sumOf(`status IN ('completed', 'failed', 'cancelled')`)
const SUM_NEWLY_ENDED = sumOf(`ended_at > $2 AND id <> ALL($3::uuid[])`)
const SUM_ACTIVE = sumOf(`status IN ('queued', 'running', 'waiting')`)

type Usage = Pick<Sums, 'inputTokens' | 'outputTokens' | 'modelCalls' | 'costUsd' | 'hasUnknownCost'>
type SumRow = Omit<Sums, keyof Usage> & { usage: Usage; lastEnd: Date | null; late: Record<string, number> | null }

interface EndedTotals {
  sums: Sums
  /** Runs that ended lately and are part of the sums, with when they ended (ms). */
  readonly counted: Map<string, number>
  readonly summedAt: number
  /** When the last of them ended (ms). */
  upTo: number
}

type Active = Pick<RunStats, 'running' | 'queued' | 'waiting' | 'activeSessions'> & { databaseBytes: number }

/**
 * Makes a reader of figures that stays cheap however long the history is: what has ended is summed up once and then
 * only added to; what goes on is found by its status. Runs that retention removed leave the sums within an hour or two.
 */
export function createStatsReader(pool: Pool, now: () => number = Date.now): () => Promise<RunStats> {
  let ended: Promise<EndedTotals> | null = null
  let isRenewing = false

  const sumUp = async (): Promise<EndedTotals> => {
    const { rows } = await pool.query<SumRow>(SUM_ALL_ENDED, [OVERLAP_MS])
    return {
      sums: toSums(rows[0]),
      counted: new Map(Object.entries(rows[0]?.late ?? {})),
      summedAt: now(),
      upTo: rows[0]?.lastEnd?.getTime() ?? 0,
    }
  }
  const addNew = async (totals: EndedTotals): Promise<EndedTotals> => {
    const since = totals.upTo - OVERLAP_MS
    for (const [id, endedAt] of totals.counted) if (endedAt <= since) totals.counted.delete(id)
    const { rows } = await pool.query<SumRow>({
      name: 'sum-newly-ended',
      text: SUM_NEWLY_ENDED,
      values: [OVERLAP_MS, new Date(since), [...totals.counted.keys()]],
    })
    totals.sums = addSums(totals.sums, toSums(rows[0]))
    for (const [id, endedAt] of Object.entries(rows[0]?.late ?? {})) totals.counted.set(id, endedAt)
    totals.upTo = Math.max(totals.upTo, rows[0]?.lastEnd?.getTime() ?? 0)
    return totals
  }
  const renew = async (): Promise<void> => {
    isRenewing = true
    try {
      ended = Promise.resolve(await sumUp())
    } catch {
      // the database is away: the old sums stay, and the next look tries again
    } finally {
      isRenewing = false
    }
  }
  /** The looks come one after the other, so that nothing is added twice. */
  const readEnded = async (): Promise<Sums> => {
    const look: Promise<EndedTotals> = ended === null ? sumUp() : ended.then(addNew)
    ended = look
    try {
      const { sums, summedAt } = await look
      if (now() - summedAt > MAX_AGE_MS && !isRenewing) void renew()
      return sums
    } catch (error) {
      if (ended === look) ended = null // nobody knows what was added: everything is summed up again
      throw error
    }
  }

  return async () => {
    const [active, going, endedSums] = await Promise.all([
      pool.query<Active>(ACTIVE),
      pool.query<SumRow>(SUM_ACTIVE, [0]),
      readEnded(),
    ])
    const row = active.rows[0]
    const all = addSums(endedSums, toSums(going.rows[0]))
    return {
      activeSessions: row?.activeSessions ?? 0,
      running: row?.running ?? 0,
      queued: row?.queued ?? 0,
      waiting: row?.waiting ?? 0,
      totals: { completed: all.completed, failed: all.failed, cancelled: all.cancelled },
      usage: { inputTokens: all.inputTokens, outputTokens: all.outputTokens, modelCalls: all.modelCalls },
      costUsd: all.hasUnknownCost ? null : all.costUsd,
      storage: { runsBytes: all.bytes, databaseBytes: row?.databaseBytes ?? 0 },
    }
  }
}

function toSums(row: SumRow | undefined): Sums {
  const { completed = 0, failed = 0, cancelled = 0, bytes = 0 } = row ?? {}
  const none = { inputTokens: 0, outputTokens: 0, modelCalls: 0, costUsd: 0, hasUnknownCost: false }
  return { completed, failed, cancelled, bytes, ...(row?.usage ?? none) }
}

function addSums(left: Sums, right: Sums): Sums {
  return {
    completed: left.completed + right.completed,
    failed: left.failed + right.failed,
    cancelled: left.cancelled + right.cancelled,
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    modelCalls: left.modelCalls + right.modelCalls,
    costUsd: left.costUsd + right.costUsd,
    hasUnknownCost: left.hasUnknownCost || right.hasUnknownCost,
    bytes: left.bytes + right.bytes,
  }
}
