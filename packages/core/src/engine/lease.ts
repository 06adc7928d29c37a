import type { Pool } from 'pg'
import type { Log } from '../logging/log.ts'

export interface LeaseSettings {
  readonly pool: Pool
  readonly node: string
  /** How long a node counts as alive after its last sign. */
  readonly ttlMs?: number
  readonly beatMs?: number
  /** Takes over the runs of a dead node; its lease is only deleted afterwards. */
  readonly recover: (deadNode: string) => Promise<void>
  /** Queues a run that was stored but never queued, because its server died in between. */
  readonly start: (runId: string) => Promise<void>
  readonly log: Log
}

const BEAT = `INSERT INTO codex.nodes (id, expires_at) VALUES ($1, now() + $2::int * interval '1 millisecond')
  ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at`

/** Writes down that a node is alive, before it takes any run. */
export async function acquireLease(pool: Pool, node: string, ttlMs = DEFAULT_TTL_MS): Promise<void> {
  await pool.query(BEAT, [node, ttlMs])
}

const DEFAULT_TTL_MS = 6_000
const DEFAULT_BEAT_MS = 2_000

/**
 * Keeps this node's lease alive and looks after the runs of nodes whose lease ran out.
 * @returns a function that gives the lease up
 */
export function keepLease(settings: LeaseSettings): () => Promise<void> {
  const { pool, node, log } = settings
  const ttlMs = settings.ttlMs ?? DEFAULT_TTL_MS
  let beating: Promise<void> = Promise.resolve()
  const beat = async (): Promise<void> => {
    try {
      await pool.query(BEAT, [node, ttlMs])
      await sweep(settings)
    } catch (error) {
      log.warn({ error: String(error) }, 'could not renew the lease; trying again')
    }
  }
  const timer = setInterval(() => {
    beating = beating.then(beat)
  }, settings.beatMs ?? DEFAULT_BEAT_MS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await beating
    await pool.query('DELETE FROM codex.nodes WHERE id = $1', [node])
  }
}

const UNQUEUED = `SELECT id FROM codex.runs r WHERE status = 'queued' AND created_at < now() - interval '5 seconds'
  AND NOT EXISTS (SELECT 1 FROM dbos.workflow_status w WHERE w.workflow_uuid = r.id::text)`

/** Recovers the runs of every node without a living lease. Two nodes that sweep at once are harmless. */
export async function sweep(settings: LeaseSettings): Promise<void> {
  const { pool, node, recover, start, log } = settings
  const dead = await pool.query<{ executor_id: string }>(
    `SELECT DISTINCT executor_id FROM dbos.workflow_status w
     WHERE status = 'PENDING' AND executor_id IS NOT NULL AND executor_id <> $1
       AND NOT EXISTS (SELECT 1 FROM codex.nodes n WHERE n.id = w.executor_id AND n.expires_at > now())`,
    [node],
  )
  for (const { executor_id: deadNode } of dead.rows) {
    log.info({ deadNode }, 'taking over the runs of a node that is gone')
    await recover(deadNode)
  }
  await pool.query('DELETE FROM codex.nodes WHERE expires_at < now() AND id <> $1', [node])
  const unqueued = await pool.query<{ id: string }>(UNQUEUED)
  for (const { id } of unqueued.rows) await start(id)
}
