import type { Pool } from 'pg'
import type { Engine } from '../engine/engine.ts'
import type { Log } from '../logging/log.ts'

export interface StartServices {
  readonly pool: Pool
  readonly engine: Pick<Engine, 'dequeue'> & { start(runId: string, options?: QueueOptions): Promise<void> }
  readonly log: Log
  /** In which new runs are stored and queued; default: this version's. */
  readonly format?: string
}

/** How a run stands in the queue; `again`: also one that the engine takes for ended. */
interface QueueOptions {
  readonly priority?: number
  readonly notBefore?: Date | null
  readonly again?: boolean
  /** The run's format; default: that of new runs. */
  readonly format?: string
}

interface StoredRun {
  readonly id: string
  readonly priority: number
  readonly notBefore: Date | null
  readonly format?: string
}

const READY = `SELECT r.id, r.format, r.priority, r.not_before AS "notBefore" FROM codex.runs r
  WHERE r.status = 'queued' AND NOT EXISTS (SELECT 1 FROM codex.runs p
    WHERE p.id = r.predecessor_id AND p.status NOT IN ('completed', 'failed', 'cancelled'))`

/**
 * Queues a run that is durable already. An error would make the caller send it twice: the sweep queues what nobody did.
 */
export async function startRun(
  { engine, log }: StartServices,
  { id, ...options }: StoredRun & QueueOptions,
): Promise<void> {
  await engine.start(id, options).catch((error: unknown) => {
    log.warn({ runId: id, error: String(error) }, 'could not queue a run; the next sweep does')
  })
}

/** Queues a run, unless it has begun or another run of its session has to end first. */
export async function startIfReady(services: StartServices, runId: string): Promise<void> {
  await startAll(services, `${READY} AND r.id = $1`, runId)
}

/**
 * Queues what waited for a run that has ended: the next one of its session. The sweep does the same later, should this
 * node die in between.
 */
export async function startSuccessors(services: StartServices, runId: string): Promise<void> {
  await startAll(services, `${READY} AND r.predecessor_id = $1`, runId)
}

async function startAll(services: StartServices, query: string, runId: string): Promise<void> {
  try {
    const { rows } = await services.pool.query<StoredRun>(query, [runId])
    for (const run of rows) await startRun(services, { ...run, again: true })
  } catch (error) {
    services.log.warn({ runId, error: String(error) }, 'could not look for runs to queue; the next sweep does')
  }
}
