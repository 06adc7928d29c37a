import type { Pool } from 'pg'
import type { Log } from '../logging/log.ts'
import type { Engine } from './engine.ts'

export interface LeaseSettings {
  readonly pool: Pool
  readonly node: string
  readonly engine: Pick<Engine, 'start' | 'forget' | 'recover'>
  /** Runs that this process is executing now. */
  readonly going: () => readonly string[]
  readonly log: Log
}

const TTL_MS = 6_000
const BEAT_MS = 2_000

const BEAT = `INSERT INTO codex.nodes (id, expires_at) VALUES ($1, now() + $2::int * interval '1 millisecond')
  ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at`

/** Writes down that a node is alive, before it takes any run. */
export async function acquireLease(pool: Pool, node: string): Promise<void> {
  await pool.query(BEAT, [node, TTL_MS])
}

export interface Lease {
  /** Looks after other nodes' runs no longer; the node still counts as alive. */
  stopSweeping(): Promise<void>
  /** Gives the lease up: what this node has left goes to the others at once. */
  release(): Promise<void>
}

/** Keeps this node's lease alive and looks after the runs of nodes whose lease ran out. */
export function keepLease(settings: LeaseSettings): Lease {
  const { pool, node, log } = settings
  let isSweeping = true
  let beating: Promise<void> | null = null
  const beat = async (): Promise<void> => {
    try {
      await acquireLease(pool, node)
      if (isSweeping) await sweep(settings)
    } catch (error) {
      log.warn({ error: String(error) }, 'could not renew the lease; trying again')
    }
  }
  const timer = setInterval(() => {
    // one that hangs with the database is not joined by others
    beating ??= beat().finally(() => {
      beating = null
    })
  }, BEAT_MS)
  timer.unref()
  return {
    async stopSweeping() {
      isSweeping = false
      await beating
    },
    async release() {
      clearInterval(timer)
      await beating
      await pool.query('DELETE FROM codex.nodes WHERE id = $1', [node])
    },
  }
}

const DEAD = `SELECT DISTINCT executor_id FROM dbos.workflow_status w
  WHERE status = 'PENDING' AND executor_id IS NOT NULL AND executor_id <> $1
    AND NOT EXISTS (SELECT 1 FROM codex.nodes n WHERE n.id = w.executor_id AND n.expires_at > now())`

// What nobody will ever execute: stored and not queued, because its server died in between; ended for the engine and not
// for us; or taken from the queue by this node and then lost, because the connection broke with the answer.
const STRANDED = `SELECT r.id, w.workflow_uuid IS NOT NULL AS is_known
  FROM codex.runs r LEFT JOIN dbos.workflow_status w ON w.workflow_uuid = r.id::text
  WHERE r.status IN ('queued', 'running') AND r.created_at < now() - interval '5 seconds'
    -- behind another run of its session: queued at the end of that one, by its node or, if that died, by this sweep
    AND NOT EXISTS (SELECT 1 FROM codex.runs p WHERE p.id = r.predecessor_id
      AND p.status NOT IN ('completed', 'failed', 'cancelled'))
    AND (
    w.workflow_uuid IS NULL
    OR w.status NOT IN ('ENQUEUED', 'DELAYED', 'PENDING')
    OR (w.status = 'PENDING' AND w.executor_id = $1 AND r.id <> ALL($2::uuid[])
      AND w.started_at_epoch_ms < (EXTRACT(EPOCH FROM now()) * 1000)::bigint - 10000))`

/** Recovers the runs of every node without a living lease. Two nodes that sweep at once are harmless. */
export async function sweep({ pool, node, engine, going, log }: LeaseSettings): Promise<void> {
  const dead = await pool.query<{ executor_id: string }>(DEAD, [node])
  for (const { executor_id: deadNode } of dead.rows) {
    log.info({ deadNode }, 'taking over the runs of a node that is gone')
    await engine.recover(deadNode)
  }
  await pool.query('DELETE FROM codex.nodes WHERE expires_at < now() AND id <> $1', [node])
  const stranded = await pool.query<{ id: string; is_known: boolean }>(STRANDED, [node, going()])
  for (const { id, is_known: isKnown } of stranded.rows) {
    log.warn({ runId: id }, 'queueing a run that nobody would execute')
    if (isKnown) await engine.forget([id])
    await engine.start(id)
  }
}
