import { DBOS } from '@dbos-inc/dbos-sdk'
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor'
import { dbRetryConfig } from '@dbos-inc/dbos-sdk/internal/utils'
import type { Pool } from 'pg'
import type { Log } from '../logging/log.ts'
import type { EngineEntry } from '../store/engine-entry.ts'
import { startHere } from './start-here.ts'

/** Durable execution of runs: a run that was started ends, whatever happens to the process in between. */
export interface Engine {
  /**
   * Queues a run; it is executed once a node has room. Starting a run twice is harmless.
   */
  start(runId: string, options?: StartOptions): Promise<void>
  /** Takes a run that no node has begun out of the queue. */
  dequeue(runId: string): Promise<void>
  /** Forgets runs that have ended. */
  forget(runIds: readonly string[]): Promise<void>
  /** Takes over the runs of a node that is dead. */
  recover(node: string): Promise<void>
  /** Stops taking runs. Runs that are still going stay pending and go on where they stopped at the next start. */
  close(): Promise<void>
}

export interface StartOptions {
  /** Higher ones are taken from the queue first; -1,000,000..1,000,000, default 0. */
  readonly priority?: number
  /** Not taken from the queue before; precise to about a second. */
  readonly notBefore?: Date | null
  /** The run was started before and is over for the engine, though not for us: it waited for somebody. */
  readonly again?: boolean
}

/** Further durable work beside the runs. */
export interface EnginePart {
  /** Registers its workflows; called before the engine launches, so that interrupted ones can be recovered. */
  register(): void
  /** Makes its queues; called once the engine is launched. */
  open(): Promise<void>
}

export interface EngineSettings {
  readonly databaseUrl: string
  /** Shared with everything else that reads and writes this database. */
  readonly pool: Pool
  /** This process's name in the cluster. */
  readonly node: string
  /** Runs that this process executes at the same time. */
  readonly maxConcurrentRuns: number
  /**
   * Executes a run to its end. It may be called again for a run that was interrupted, and resolves to `parked` when
   * the process shuts down before the run's end. For a run that another node owns by now, `ended` ends nothing.
   */
  readonly execute: (runId: string) => Promise<'ended' | 'parked'>
  readonly parts?: readonly EnginePart[]
  /**
   * Enters a run as taken by this node and claims it in one commit, before `execute` is called for it; false when it has to
   * go through the queue.
   */
  readonly enter?: (runId: string, entry: EngineEntry) => Promise<boolean>
  readonly log: Log
}

const APPLICATION = 'codex'
const QUEUE = 'codex-runs'
const WORKFLOW = 'run'
const POLL_MS = 100
/** Longest pause between two tries to reach a database that is away. */
const MAX_RETRY_S = 2
// After 100 restarts (the default) DBOS would never execute a run again and nobody would know; time limits end runs.
const UNLIMITED = Number.MAX_SAFE_INTEGER
// Runs keep their state in our tables and are re-entered from there (see docs/decisions), so any version of the
// service can go on with the runs of another one as long as this number is the same.
const COMPATIBLE_WITH = '1'

const NAMES = { application: APPLICATION, queue: QUEUE, workflow: WORKFLOW, version: COMPATIBLE_WITH }

/** Brings DBOS's own tables up to date; to be called under the migration lock. */
export async function migrateEngine(databaseUrl: string): Promise<void> {
  await DBOS.migrate(databaseUrl)
}

/** Launches DBOS in this process (there can be one at a time). The database must have been migrated. */
export async function launchEngine(settings: EngineSettings): Promise<Engine> {
  // after an outage it would come back a minute late otherwise
  dbRetryConfig.maxBackoffSec = MAX_RETRY_S
  DBOS.setConfig({
    name: APPLICATION,
    systemDatabaseUrl: settings.databaseUrl,
    systemDatabasePool: settings.pool,
    executorID: settings.node,
    applicationVersion: COMPATIBLE_WITH,
    runMigrations: false,
    logger: toEngineLog(settings.log),
  })
  const workflow = DBOS.registerWorkflow(
    async (runId: string): Promise<void> => {
      const outcome = await settings.execute(runId)
      // Returning would tell DBOS that the run is over. A parked one must stay pending until somebody recovers it.
      if (outcome === 'parked') await new Promise<never>(() => {})
    },
    { name: WORKFLOW, maxRecoveryAttempts: UNLIMITED },
  )
  const { parts = [] } = settings
  for (const part of parts) part.register()
  try {
    await DBOS.launch()
    await DBOS.registerQueue(QUEUE, {
      workerConcurrency: settings.maxConcurrentRuns,
      minPollingIntervalMs: POLL_MS,
      onConflict: 'always_update',
    })
    for (const part of parts) await part.open()
  } catch (error) {
    // half launched, it would go on polling with a pool that is about to be closed
    await DBOS.shutdown({ deregister: true }).catch(() => {})
    throw error
  }
  return {
    async start(runId, options = {}) {
      if (options.again === true) await forgetEnded(settings.pool, runId)
      const enqueueOptions = toEnqueueOptions(options)
      if (
        enqueueOptions.delaySeconds === undefined &&
        (await startHere({ ...settings, ...NAMES }, runId, enqueueOptions.priority))
      )
        return
      await DBOS.startWorkflow(workflow, { workflowID: runId, queueName: QUEUE, enqueueOptions })(runId)
    },
    async dequeue(runId) {
      await DBOS.cancelWorkflow(runId)
    },
    async forget(runIds) {
      await DBOS.deleteWorkflows([...runIds])
    },
    async recover(node) {
      // DBOS recovers its own former runs only at launch; for other nodes' runs this is the call its own launch makes
      await DBOSExecutor.globalInstance?.recoverPendingWorkflows([node])
    },
    async close() {
      await DBOS.shutdown({ deregister: true })
    },
  }
}

const FORGET_ENDED = `
WITH gone AS (
  DELETE FROM dbos.workflow_status WHERE workflow_uuid = $1 AND status NOT IN ('ENQUEUED', 'DELAYED', 'PENDING')
  RETURNING workflow_uuid
), inputs AS (
  DELETE FROM dbos.workflow_input i USING gone g WHERE i.workflow_uuid = g.workflow_uuid
)
DELETE FROM dbos.workflow_output o USING gone g WHERE o.workflow_uuid = g.workflow_uuid`

/** The engine starts nothing under an id that it knows; unlike its own deletion this one spares what is going. */
async function forgetEnded(pool: Pool, runId: string): Promise<void> {
  await pool.query(FORGET_ENDED, [runId])
}

/** The engine's queue takes lower numbers first, from 0 to 2^31-1. */
const PRIORITY_OF_0 = 1_000_000

function toEnqueueOptions({ priority = 0, notBefore = null }: StartOptions): {
  priority: number
  delaySeconds?: number
} {
  const delaySeconds = notBefore === null ? 0 : (notBefore.getTime() - Date.now()) / 1_000
  const limited = Math.max(-PRIORITY_OF_0, Math.min(priority, PRIORITY_OF_0))
  return { priority: PRIORITY_OF_0 - limited, ...(delaySeconds > 0 ? { delaySeconds } : {}) }
}

function toEngineLog(log: Log) {
  const text = (entry: unknown): string => (entry instanceof Error ? entry.message : String(entry))
  return {
    debug: (entry: unknown) => log.debug({ engine: 'dbos' }, text(entry)),
    info: (entry: unknown) => log.debug({ engine: 'dbos' }, text(entry)),
    warn: (entry: unknown) => log.warn({ engine: 'dbos' }, text(entry)),
    error: (entry: unknown) => log.error({ engine: 'dbos' }, text(entry)),
  }
}
