import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { AGENTS, createAgentRegistry } from './agents/index.ts'
import { checkHealth } from './check-health.ts'
import type { Config } from './config/config.ts'
import { describeStart } from './describe-start.ts'
import { lockDataFolder } from './engine/data-folder-lock.ts'
import { launchEngine, migrateEngine } from './engine/engine.ts'
import { keepHouse } from './engine/housekeeping/housekeeping.ts'
import { keepWorktrees } from './engine/keep-worktrees.ts'
import { acquireLease } from './engine/lease.ts'
import { openPostgres } from './engine/open-database.ts'
import { RUN_FORMATS, type RunFormats } from './engine/run-formats.ts'
import { createScheduleTicks } from './engine/schedule-ticks.ts'
import { createSweep } from './engine/sweep.ts'
import { loadSigningKey } from './evidence/index.ts'
import type { Log } from './logging/log.ts'
import { createBuiltinModel } from './models/builtin/index.ts'
import { createModelService } from './models/index.ts'
import { createOrchestrator } from './orchestrator/create-orchestrator.ts'
import { keepDeadlines } from './orchestrator/fail-expired.ts'
import type { Orchestrator } from './orchestrator/orchestrator.ts'
import { createRunEvidence } from './orchestrator/run-evidence.ts'
import { createRunExecutor } from './orchestrator/run-executor.ts'
import type { Schedules } from './orchestrator/schedules.ts'
import { startSuccessors } from './orchestrator/start-run.ts'
import { guardFacade } from './overload/guard-facade.ts'
import { watchDatabase } from './overload/watch-database.ts'
import { watchDisk } from './overload/watch-disk.ts'
import { prepareSandbox } from './prepare-sandbox.ts'
import { detectToolchain, sandboxIdentity } from './sandbox/index.ts'
import type { StartReport } from './start-report.ts'
import { openDatabase } from './store/database.ts'
import { registerEvidenceKey } from './store/evidence.ts'
import { migrateDatabase } from './store/migrate.ts'
import { createWorkspaceArchive } from './store/packs.ts'
import { changesOf } from './store/run-changes.ts'
import { listenToRuns } from './store/run-notifications.ts'
import {
  COMMAND_LIMITS,
  createAnalyzer,
  createVerifier,
  findRegistryAccess,
  parseTestFramework,
  TEST_FRAMEWORKS,
} from './verification/index.ts'
import { VERSION } from './version.ts'
import { createWebhooks } from './webhooks/index.ts'
import { defaultWorkflow, WORKFLOWS } from './workflows/index.ts'
import { createWorkspaceManager } from './workspace/index.ts'

export interface Core {
  readonly orchestrator: Orchestrator
  readonly report: StartReport
  /** Takes no new requests from now on. */
  drain(): void
  /** Parks the runs that are going (they go on at the next start) and stops everything that was started. */
  close(): Promise<void>
}

export interface CoreOptions {
  readonly log: Log
  /** Called when the embedded database is gone for good; nothing works any more and the process should end. */
  readonly onLost?: (error: Error) => void
  /** Formats of runs that this process executes, its own first; default: those of this version. */
  readonly formats?: RunFormats
}

/**
 * Starts the house: database, engine, sandbox, models, and the orchestrator on top. One per process.
 * What was started is stopped again when a later part fails.
 * @throws CodexError CONFLICT or UNAVAILABLE with what to do about it
 */
export async function createCore(config: Config, options: CoreOptions): Promise<Core> {
  const { log, formats = RUN_FORMATS } = options
  const stops: (() => Promise<void>)[] = []
  let closing: Promise<void> | undefined
  const stopAll = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) {
      await stop().catch((error: unknown) => log.error({ error: String(error) }, 'could not stop a part'))
    }
  }
  try {
    await mkdir(config.dataDir, { recursive: true })
    stops.push(await lockDataFolder(config.dataDir, log))
    const signingKey = await loadSigningKey({ file: config.signingKeyFile, dataDir: config.dataDir, log })
    const findRegistry = rememberSuccess(() =>
      findRegistryAccess(config.extraCertificates === null ? {} : { extraCertificates: config.extraCertificates }),
    )
    const registryHosts = findRegistry().then(
      (access) => access.allow,
      (error: unknown) => {
        log.warn({ error: String(error) }, 'packages cannot be installed')
        return []
      },
    )
    const postgres = await openPostgres({ ...config, log, onLost: options.onLost ?? (() => {}) })
    stops.push(() => postgres.stop())
    await migrateDatabase(postgres.url, () => migrateEngine(postgres.url))
    const database = openDatabase(postgres.url, {
      onError: (error) => log.warn({ error: error.message }, 'a database connection broke'),
    })
    stops.push(() => database.close())
    const databaseWatch = watchDatabase({ url: postgres.url, log, onFrozen: () => database.breakConnections() })
    stops.push(() => databaseWatch.stop())
    const disk = watchDisk({ folder: config.dataDir, minFreeMb: config.minFreeMb, log })
    stops.push(async () => disk.stop())
    await disk.look()
    await registerEvidenceKey(database.pool, signingKey)
    const evidence = createRunEvidence({ database, key: signingKey, log })
    const notifications = await listenToRuns(postgres.url, log, database.pool)
    if (postgres.kind === 'embedded') changesOf(database.pool).stayHere()
    stops.push(() => notifications.close())

    const toolchain = await detectToolchain({
      searchPath: config.searchPath,
      stagingDirectory: join(config.dataDir, 'toolchain'),
    })
    const sandbox = await prepareSandbox({
      setting: config.sandbox,
      toolchain,
      // the operator's registry may stand on a private address; nothing else may be reached there
      egress: { ...config.egress, privateHosts: await registryHosts },
      log,
    })
    const models = await createModelService(config.models, {
      builtin: createBuiltinModel(),
      log: (message, data) => log.info(data, message),
    })
    const identity = sandboxIdentity()
    const node = uuidv7()
    const workspaces = createWorkspaceManager({
      rootDir: join(config.dataDir, 'runs'),
      archive: createWorkspaceArchive(database.pool),
      node,
      ...(identity === null ? {} : { sandboxOwner: { uid: identity, gid: identity } }),
    })
    const places = config.role === 'api' ? 0 : config.maxConcurrentRequests
    // nobody else can be alive on an embedded database: what an earlier process left is taken over at once
    const isExclusive = postgres.kind === 'embedded'
    if (isExclusive) await database.pool.query('DELETE FROM codex.nodes')
    const lease = await acquireLease({
      pool: database.pool,
      node: {
        id: node,
        role: config.role,
        version: VERSION,
        formats,
        maxConcurrentRuns: places,
        host: hostname(),
        pid: process.pid,
      },
      isExclusive,
      log,
    })
    // runs stop before the engine, and the lease goes last: others take over once nothing is alive here
    stops.push(() => lease.release())
    const executor = createRunExecutor(
      {
        database,
        workspaces,
        models,
        verifier: createVerifier({
          toolchain,
          registry: findRegistry,
          installCacheDirectory: join(config.dataDir, 'packages'),
        }),
        analyzer: createAnalyzer({ stagingDirectory: join(config.dataDir, 'toolchain') }),
        commands: {
          sandbox: sandbox.driver,
          unavailableReason: sandbox.reason,
          limitsFor: (purpose) => COMMAND_LIMITS[purpose],
          registry: findRegistry,
        },
        keyBudget: config.keyBudget,
        maxRunBytes: config.maxRunBytes,
        seal: evidence.seal,
        startSuccessors: (runId) => startSuccessors(starting(), runId),
        agents: new Map(AGENTS.map((agent) => [agent.name, agent])),
        log,
      },
      notifications,
      node,
      lease,
      formats,
    )
    const starting = () => ({ pool: database.pool, engine, log, format: formats[0] }) // when runs end, the engine is there
    const webhooks = createWebhooks({
      database,
      settings: { ...config.webhooks, egress: config.egress },
      log,
    })
    stops.push(() => executor.park()) // an engine that fails half-way may have begun runs
    const submitting = Promise.withResolvers<Schedules>() // a tick may come before the orchestrator is there
    const ticks = createScheduleTicks(database.pool, async (id, at) => await (await submitting.promise).tick(id, at))
    const engine = await launchEngine({
      databaseUrl: postgres.url,
      pool: database.pool,
      notifications,
      node,
      maxConcurrentRuns: places,
      formats,
      mayTake: lease.isHeld,
      execute: (runId, owner) => executor.execute(runId, owner),
      enter: (runId, entry) => executor.enter(runId, entry),
      parts: [webhooks.part, ticks.part],
      log,
    })
    lease.onRegained(engine.announce)
    stops.push(() => engine.close())
    stops.push(() => executor.park())
    stops.push(() => engine.stopTaking())
    stops.push(() => webhooks.stop())
    stops.push(async () => ticks.stop())
    stops.push(() => lease.stopTask())
    const sweep = createSweep({ pool: database.pool, node, engine, going: executor.going, log })
    await sweep()
    lease.afterRenewal(sweep)
    stops.push(keepDeadlines(starting()))
    webhooks.start()
    const { retentionDays, compactAfterHours } = config
    stops.push(keepHouse({ pool: database.pool, retentionDays, compactAfterHours, workspaces, engine, log }))
    stops.push(keepWorktrees({ pool: database.pool, node, workspaces, going: executor.going, log }))

    let isDraining = false
    const orchestrator = createOrchestrator({
      ticks,
      database,
      notifications,
      engine,
      workspaces,
      models,
      agents: createAgentRegistry(AGENTS),
      evidence,
      webhooks: webhooks.webhooks,
      planner: {
        agents: AGENTS,
        workflows: WORKFLOWS,
        defaultWorkflow,
        models,
        defaultTimeoutMs: config.runTimeoutMs,
        defaultStallTimeoutMs: config.stallTimeoutMs,
        allowLocalRepositories: config.allowLocalRepositories,
        parseTestFramework,
        testFrameworks: TEST_FRAMEWORKS,
      },
      limits: {
        maxConcurrentRequests: config.maxConcurrentRequests,
        maxQueuedRequests: config.maxQueuedRequests,
        maxImportBytes: config.maxImportBytes,
      },
      keyBudget: config.keyBudget,
      formats,
      isAccepting: () => !isDraining,
      checkRoom: () => disk.check(),
      log,
      checkHealth: () =>
        checkHealth({
          database: databaseWatch,
          disk,
          sandbox,
          models,
          isDraining: () => isDraining,
          isLeased: lease.isHeld,
        }),
    })
    submitting.resolve(orchestrator.schedules)
    return {
      orchestrator: guardFacade(orchestrator, { database: databaseWatch, unguarded: UNGUARDED, patient: PATIENT }),
      report: describeStart({ config, postgres, models, sandbox, toolchain }),
      drain() {
        isDraining = true
      },
      async close() {
        isDraining = true
        closing ??= stopAll()
        await closing
      },
    }
  } catch (error) {
    await stopAll()
    throw error
  }
}

/** What answers from memory, or says itself how the database is. */
const UNGUARDED: ReadonlySet<string> = new Set(['agents', 'workflows', 'models', 'health', 'doctor'])
/** What waits as long as its caller says, also for a database that comes back. */
const PATIENT: ReadonlySet<string> = new Set(['wait'])

/** Asks once; an answer that failed is asked for again the next time. */
function rememberSuccess<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = undefined
      throw error
    })
    return answer
  }
}
