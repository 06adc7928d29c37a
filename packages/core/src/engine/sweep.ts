import type { Pool } from 'pg'
import type { Log } from '../logging/log.ts'
import { type Engine, RUN_QUEUE, RUN_WORKFLOW } from './engine.ts'

export interface SweepSettings {
  readonly pool: Pool
  /** Id of this node. */
  readonly node: string
  readonly engine: Pick<Engine, 'start' | 'announce'>
  /** Runs that this process is executing now. */
  readonly going: () => readonly string[]
  readonly log: Log
}

const TO_QUEUE = `status = 'ENQUEUED', owner_xid = NULL, started_at_epoch_ms = NULL,
  queue_name = COALESCE(w.queue_name, CASE w.name WHEN '${RUN_WORKFLOW}' THEN '${RUN_QUEUE}' ELSE '_dbos_internal_queue' END),
  updated_at = (EXTRACT(EPOCH FROM now()) * 1000)::bigint`

// What DBOS does for one node at its own launch, for all dead nodes at once: their runs go back to the queue, from which
// every node takes what it has room for. The lease row is locked meanwhile, so that a node which was only frozen renews
// it either before (and keeps its runs) or after (and sees that they are gone); it is deleted in the same transaction.
const RECOVER_DEAD = `
WITH dead AS (
  SELECT id FROM codex.nodes WHERE expires_at < now() AND id <> $1 FOR UPDATE SKIP LOCKED
), freed AS (
  UPDATE dbos.workflow_status w SET ${TO_QUEUE} FROM dead WHERE w.status = 'PENDING' AND w.executor_id = dead.id
  RETURNING w.workflow_uuid
), forgotten AS (
  DELETE FROM codex.nodes n USING dead WHERE n.id = dead.id
)
SELECT ARRAY(SELECT id FROM dead) AS nodes, (SELECT count(*)::int FROM freed) AS freed`

// What a node took that had no lease any more: it was frozen in the middle of taking it.
const RECOVER_ORPHANS = `
UPDATE dbos.workflow_status w SET ${TO_QUEUE}
WHERE w.status = 'PENDING' AND w.executor_id <> $1 AND NOT EXISTS (SELECT 1 FROM codex.nodes n WHERE n.id = w.executor_id)`

/**
 * Brings the runs of every dead node back into the queue. Nodes that sweep at once are harmless.
 * @returns how many runs
 */
export async function recoverDeadNodes({ pool, node, engine, log }: SweepSettings): Promise<number> {
  const dead = await pool.query<{ nodes: string[]; freed: number }>(RECOVER_DEAD, [node])
  const { nodes, freed } = dead.rows[0] ?? { nodes: [], freed: 0 }
  if (nodes.length > 0) log.info({ nodes, runs: freed }, 'taking over the runs of nodes that are gone')
  const orphans = (await pool.query(RECOVER_ORPHANS, [node])).rowCount ?? 0
  if (freed + orphans > 0) engine.announce()
  return freed + orphans
}

interface StrandedRow {
  id: string
  state: 'unknown' | 'ended' | 'lost'
  format: string
  priority: number
  not_before: Date | null
}

// What nobody will ever execute: stored and not queued, because its server died in between; ended for the engine and not
// for us; or taken from the queue by this node and then lost, because the connection broke with the answer. A run that
// comes after another one is queued by who ends that one; it is stranded when that one has ended and nobody did.
const STRANDED = `SELECT r.id, r.format, r.priority, r.not_before,
    CASE WHEN w.workflow_uuid IS NULL THEN 'unknown' WHEN w.status = 'PENDING' THEN 'lost' ELSE 'ended' END AS state
  FROM codex.runs r LEFT JOIN dbos.workflow_status w ON w.workflow_uuid = r.id::text
  WHERE r.status IN ('queued', 'running') AND r.created_at < now() - interval '5 seconds' AND (
    w.workflow_uuid IS NULL
    OR w.status NOT IN ('ENQUEUED', 'DELAYED', 'PENDING')
    OR (w.status = 'PENDING' AND w.executor_id = $1 AND r.id <> ALL($2::uuid[])
      AND w.started_at_epoch_ms < (EXTRACT(EPOCH FROM now()) * 1000)::bigint - 10000))
    AND NOT EXISTS (SELECT 1 FROM codex.runs p
      WHERE p.id = r.predecessor_id AND p.status NOT IN ('completed', 'failed', 'cancelled'))
  ORDER BY r.id LIMIT 500`

const REQUEUE_LOST = `UPDATE dbos.workflow_status w SET ${TO_QUEUE}
  WHERE w.workflow_uuid = $1 AND w.status = 'PENDING' AND w.executor_id = $2`

const AT_ONCE = 10

/** Queues every run that nobody would execute. */
export async function queueStranded({ pool, node, engine, going, log }: SweepSettings): Promise<number> {
  const { rows } = await pool.query<StrandedRow>(STRANDED, [node, going()])
  const queue = async ({ id, state, format, priority, not_before }: StrandedRow): Promise<void> => {
    log.warn({ runId: id, state }, 'queueing a run that nobody would execute')
    if (state === 'lost') await pool.query(REQUEUE_LOST, [id, node])
    else await engine.start(id, { format, priority, notBefore: not_before, again: state === 'ended' })
  }
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    await Promise.all(rows.slice(first, first + AT_ONCE).map(queue))
  }
  if (rows.length > 0) engine.announce()
  return rows.length
}

/** Every which time the whole table of active runs is looked through; dead nodes are looked for each time. */
const STRANDED_EVERY = 3

/** Makes the task that is to be done after each renewal of the lease. */
export function createSweep(settings: SweepSettings): () => Promise<void> {
  let turn = 0
  return async () => {
    await recoverDeadNodes(settings)
    if (turn++ % STRANDED_EVERY === 0) await queueStranded(settings)
  }
}
