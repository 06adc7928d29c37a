import { DBOS } from '@dbos-inc/dbos-sdk'
import { currentOwnerXid } from '@dbos-inc/dbos-sdk/internal/context'
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor'
import { dbRetryConfig } from '@dbos-inc/dbos-sdk/internal/utils'
import { WorkflowQueue } from '@dbos-inc/dbos-sdk/internal/wfqueue'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { Log } from '../logging/log.ts'
import type { EngineEntry } from '../store/engine-entry.ts'
import type { RunNotifications } from '../store/run-notifications.ts'
import type { RunFormats } from './run-formats.ts'
import { createRunQueue } from './run-queue.ts'
import { SCHEDULE_POLL_MS } from './schedule-poll.ts'
import { startHere } from './start-here.ts'

/** Durable execution of runs: a run that was started ends, whatever happens to the process in between. */
export interface Engine {
  /** Queues a run; it is executed once a node has room. Starting a run twice is harmless. */
  start(runId: string, options?: StartOptions): Promise<void>
  /** Tells every node that something was queued. */
  announce(): void
  /** Takes a run that no node has begun out of the queue. */
  dequeue(runId: string): Promise<void>
  /** Forgets runs that have ended. */
  forget(runIds: readonly string[]): Promise<void>
  /** Takes no runs from the queue any more. */
  stopTaking(): Promise<void>
  /** Stops for good. Runs that are still going go on where they stopped, here or elsewhere. */
  close(): Promise<void>
}

export interface StartOptions {
  /** Higher ones are taken from the queue first; -1,000,000..1,000,000, default 0. */
  readonly priority?: number
  /** Not taken from the queue before; precise to about a second. */
  readonly notBefore?: Date | null
  /** The run was started before and is over for the engine, though not for us: it waited for somebody. */
  readonly again?: boolean
  /** The run's format; default this node's own. Only nodes that know it take the run. */
  readonly format?: string
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
  readonly notifications: Pick<RunNotifications, 'onQueued'>
  /** This process's name in the cluster. */
  readonly node: string
  /** Runs that this process executes at the same time; 0: it executes none, and only queues them for others. */
  readonly maxConcurrentRuns: number
  /** Formats of runs that this process executes; its own first. */
  readonly formats: RunFormats
  /** False while this node's lease does not hold: it begins nothing then. */
  readonly mayTake: () => boolean
  /**
   * Executes a run to its end. It may be called again for a run that was interrupted. Resolves to `parked` when the
   * process shuts down before the run's end, and to `released` when the run may be somebody else's by now.
   * @param owner proves that this execution is the one that the engine means
   */
  readonly execute: (runId: string, owner: string) => Promise<RunOutcome>
  readonly parts?: readonly EnginePart[]
  /**
   * Enters a run as taken by this node and claims it in one commit, before `execute` is called for it; false when it has to
   * go through the queue.
   */
  readonly enter?: (runId: string, entry: EngineEntry) => Promise<boolean>
  readonly log: Log
}

export type RunOutcome = 'ended' | 'parked' | 'released'

const APPLICATION = 'codex'
export const RUN_QUEUE = 'codex-runs'
export const RUN_WORKFLOW = 'run'
const NAMES = { application: APPLICATION, queue: RUN_QUEUE, workflow: RUN_WORKFLOW }
/**
 * The engine's own version of everything beside the runs: deliveries and ticks are taken by whatever node there is. A run's
 * version is its format.
 */
const APPLICATION_VERSION = '1'
// After 100 restarts (the default) DBOS would never execute a run again and nobody would know; time limits end runs.
const UNLIMITED = Number.MAX_SAFE_INTEGER
/** DBOS's own retries after the database was away: by default it would wait up to a minute. */
const MAX_RETRY_S = 2

/** Brings DBOS's own tables up to date; to be called under the migration lock. */
export async function migrateEngine(databaseUrl: string): Promise<void> {
  await DBOS.migrate(databaseUrl)
}

/** Launches DBOS in this process (there can be one at a time). The database must have been migrated. */
export async function launchEngine(settings: EngineSettings): Promise<Engine> {
  const { pool, node, log } = settings
  const [ownFormat] = settings.formats
  dbRetryConfig.maxBackoffSec = MAX_RETRY_S
  DBOS.setConfig({
    name: APPLICATION,
    systemDatabaseUrl: settings.databaseUrl,
    systemDatabasePool: pool,
    executorID: node,
    applicationVersion: APPLICATION_VERSION,
    runMigrations: false,
    schedulerPollingIntervalMs: SCHEDULE_POLL_MS,
    logger: toEngineLog(log),
  })
  const queue = createRunQueue({
    places: settings.maxConcurrentRuns,
    mayTake: settings.mayTake,
    claim: (atMost) => claimRuns(atMost, settings),
    log,
  })
  const workflow = DBOS.registerWorkflow(
    async (runId: string): Promise<void> => {
      const owner = currentOwnerXid(runId) ?? ''
      const leave = queue.enter()
      try {
        const outcome = await settings.execute(runId, owner)
        if (outcome === 'ended') return
        await giveBack(pool, runId, owner)
        announce()
        // returning would tell DBOS that the run is over, and the process ends anyway
        if (outcome === 'parked') await new Promise<never>(() => {})
      } finally {
        leave()
      }
    },
    { name: RUN_WORKFLOW, maxRecoveryAttempts: UNLIMITED },
  )
  const { parts = [] } = settings
  for (const part of parts) part.register()
  let isAnnouncing = false
  const announce = (): void => {
    queue.expect()
    if (isAnnouncing) return
    isAnnouncing = true
    // who does not hear of it looks by itself half a second later at most
    setImmediate(() => {
      isAnnouncing = false
      pool.query(`SELECT pg_notify('codex_queue', '')`).catch(() => {})
    })
  }
  try {
    // versions before this one kept one limit for all nodes in DBOS's own table of queues
    await pool.query('DELETE FROM dbos.queues WHERE name = $1', [RUN_QUEUE])
    await DBOS.launch()
    for (const part of parts) await part.open()
  } catch (error) {
    // half launched, it would go on with a pool that is about to be closed
    await queue.stop()
    await DBOS.shutdown({ deregister: true }).catch(() => {})
    throw error
  }
  const stopListening = settings.notifications.onQueued(queue.expect)
  queue.look()
  const stopTaking = async (): Promise<void> => {
    stopListening()
    await queue.stop()
  }
  return {
    announce,
    stopTaking,
    async start(runId, options = {}) {
      if (options.again === true) await forgetFormer(pool, runId)
      const format = options.format ?? ownFormat
      const enqueueOptions = toEnqueueOptions(options, format)
      const arrive = format === ownFormat && isDue(options) ? await queue.takePlace() : null
      if (arrive !== null) {
        const here = startHere({ ...settings, ...NAMES, version: format }, runId, enqueueOptions.priority)
        if (await here.finally(arrive)) return
      }
      await DBOS.startWorkflow(workflow, { workflowID: runId, queueName: RUN_QUEUE, enqueueOptions })(runId)
      announce()
    },
    async dequeue(runId) {
      await DBOS.cancelWorkflow(runId)
    },
    async forget(runIds) {
      await DBOS.deleteWorkflows([...runIds])
    },
    async close() {
      await stopTaking()
      await DBOS.shutdown({ deregister: true })
    },
  }
}

// DBOS's own runner knows one limit a queue, for all nodes, and looks by the clock. Its claim takes both as arguments.
async function claimRuns(atMost: number, { node, formats }: EngineSettings): Promise<number> {
  const executor = DBOSExecutor.globalInstance
  if (executor === undefined) return 0
  const queue = new WorkflowQueue(WorkflowQueue.recordFromParams(RUN_QUEUE, {}), false)
  let taken = 0
  for (const format of formats) {
    if (taken >= atMost) break
    queue.workerConcurrency = atMost - taken
    const owner = uuidv7()
    const database = executor.systemDatabase
    const runIds = await database.findAndMarkStartableWorkflows(queue, node, format, undefined, 0, 0, owner)
    taken += runIds.length
    if (runIds.length > 0) await executor.dispatchDequeuedWorkflows(runIds, owner)
  }
  return taken
}

const GIVE_BACK = `UPDATE dbos.workflow_status
  SET status = 'ENQUEUED', owner_xid = NULL, started_at_epoch_ms = NULL, queue_name = COALESCE(queue_name, $3),
    updated_at = (EXTRACT(EPOCH FROM now()) * 1000)::bigint
  WHERE workflow_uuid = $1 AND owner_xid = $2 AND status = 'PENDING'`

/** Brings a run back into the queue, unless it is another execution's by now. */
async function giveBack(pool: Pool, runId: string, owner: string): Promise<void> {
  // where the database is away, the sweep does it
  await pool.query(GIVE_BACK, [runId, owner, RUN_QUEUE]).catch(() => {})
}

// What waits for somebody may be resumed before its execution has told the engine of its end: it is taken from that one,
// which then ends nothing.
const FORGET_FORMER = `
WITH taken_back AS (
  UPDATE dbos.workflow_status w SET status = 'ENQUEUED', owner_xid = NULL, started_at_epoch_ms = NULL,
    queue_name = COALESCE(w.queue_name, $2), updated_at = (EXTRACT(EPOCH FROM now()) * 1000)::bigint
  FROM codex.runs r
  WHERE r.id = $1::uuid AND w.workflow_uuid = r.id::text AND w.status = 'PENDING' AND r.status = 'queued' AND r.epoch > 0
), gone AS (
  DELETE FROM dbos.workflow_status WHERE workflow_uuid = $1::uuid::text AND status NOT IN ('ENQUEUED', 'DELAYED', 'PENDING')
  RETURNING workflow_uuid
), inputs AS (
  DELETE FROM dbos.workflow_input i USING gone g WHERE i.workflow_uuid = g.workflow_uuid
)
DELETE FROM dbos.workflow_output o USING gone g WHERE o.workflow_uuid = g.workflow_uuid`

/** The engine starts nothing under an id that it knows; unlike its own deletion this one spares what is going. */
async function forgetFormer(pool: Pool, runId: string): Promise<void> {
  await pool.query(FORGET_FORMER, [runId, RUN_QUEUE])
}

/** Past the queue goes only what could not be told from what comes out of it. */
function isDue({ notBefore }: StartOptions): boolean {
  return notBefore == null || notBefore.getTime() <= Date.now()
}

/** The engine's queue takes lower numbers first, from 0 to 2^31-1. */
const PRIORITY_OF_0 = 1_000_000

function toEnqueueOptions({ priority = 0, notBefore = null }: StartOptions, format: string) {
  const delaySeconds = notBefore === null ? 0 : (notBefore.getTime() - Date.now()) / 1_000
  const limited = Math.max(-PRIORITY_OF_0, Math.min(priority, PRIORITY_OF_0))
  return {
    priority: PRIORITY_OF_0 - limited,
    applicationVersion: format,
    ...(delaySeconds > 0 ? { delaySeconds } : {}),
  }
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
