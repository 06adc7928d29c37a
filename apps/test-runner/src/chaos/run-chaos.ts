import { setTimeout as delay } from 'node:timers/promises'
import { findProcesses } from '../server/processes.ts'
import type { Scratch } from '../server/scratch.ts'
import { createSdkTransport } from '../transports/sdk-transport.ts'
import { type AuditInput, TERMINAL } from './audit/audit-input.ts'
import { audit } from './audit/index.ts'
import { readEvidence, readFolders, readViews } from './audit/read-nodes.ts'
import { readRows } from './audit/read-rows.ts'
import type { Violation } from './audit/violation.ts'
import { describeFault, type FaultRecord } from './faults/fault.ts'
import { injectFault } from './faults/inject-fault.ts'
import { planFaults } from './faults/plan-faults.ts'
import { startChaosModel } from './model/chaos-model.ts'
import { startChaosReceiver } from './model/chaos-receiver.ts'
import { type Cluster, startCluster } from './nodes/cluster.ts'
import { type ClusterDatabase, startClusterDatabase } from './nodes/cluster-database.ts'
import { type LeaseWatch, watchLeases } from './nodes/watch-leases.ts'
import { COMMAND_MARK } from './nodes/watch-machine.ts'
import { createRandom } from './random.ts'
import { startLoad } from './run-load.ts'
import { createTraps } from './traps.ts'
import type { DrivenRun } from './workload/drive-run.ts'

export interface ChaosSettings {
  readonly nodes: number
  readonly runs: number
  readonly kills: number
  readonly seed: number
  /** Boundaries to kill at first; null: all, or the common ones when there are few kills. */
  readonly at: RegExp | null
  readonly scratch: Pick<Scratch, 'folder' | 'temporary'>
  readonly onProgress: (line: string) => void
}

/** What came out. */
export interface ChaosOutcome {
  readonly settings: Pick<ChaosSettings, 'nodes' | 'runs' | 'kills' | 'seed' | 'at'>
  readonly durationMs: number
  readonly faults: readonly FaultRecord[]
  readonly input: AuditInput
  readonly violations: readonly Violation[]
  /** Boundaries on the way to the database that some statement was at, struck or not. */
  readonly passed: ReadonlySet<string>
  /** When the lease of each node went. */
  readonly leasesGoneAt: LeaseWatch['goneAt']
  /** What a node wrote, for those who look for the cause. */
  readonly logs: ReadonlyMap<string, string>
}

const BASE_LIMIT_MS = 120_000
const LIMIT_PER_RUN_MS = 1_500
const LIMIT_PER_KILL_MS = 12_000
const MAX_PAUSE_MS = 500
/** Runs that a node executes at once: few, so that runs queue. */
export const PLACES = 4
const SETTLE_LIMIT_MS = 60_000
const POLL_MS = 250
const MIN_LATENCY_MS = 20
const LATENCY_SPREAD_MS = 400

/** Starts everything, lets the workload and the faults loose on it, and holds what is left against the promises. */
export async function runChaos(settings: ChaosSettings): Promise<ChaosOutcome> {
  const { scratch, seed } = settings
  const startedAt = Date.now()
  const deadline = startedAt + BASE_LIMIT_MS + settings.runs * LIMIT_PER_RUN_MS + settings.kills * LIMIT_PER_KILL_MS
  const stops: (() => Promise<void>)[] = []
  try {
    const traps = createTraps()
    const model = await startChaosModel({
      latencyMs: (digest) => MIN_LATENCY_MS + (Number.parseInt(digest.slice(0, 6), 16) % LATENCY_SPREAD_MS),
      onReached: traps.modelReached,
    })
    stops.push(() => model.stop())
    const receiver = await startChaosReceiver()
    stops.push(() => receiver.stop())
    const database = await startClusterDatabase(scratch.folder)
    stops.push(() => database.stop())
    const cluster = await startCluster({
      count: settings.nodes,
      scratch,
      database,
      traps,
      environmentOf: (node) => ({
        OPENAI_BASE_URL: model.urlFor(node),
        OPENAI_API_KEY: 'sk-chaos-model-key',
        CODEX_MODEL: 'openai:chaos',
        LOG_LEVEL: 'info',
        MAX_CONCURRENT_REQUESTS: String(PLACES),
        CODEX_WEBHOOK_SECRET: receiver.secret,
        CODEX_WEBHOOK_ALLOW_PRIVATE: 'true',
      }),
    })
    stops.push(() => cluster.stop())
    const leases = watchLeases(database)
    stops.push(() => leases.stop())
    settings.onProgress(`${settings.nodes} nodes are up`)

    const plannedFaults = planFaults(settings.kills, createRandom(seed + 1), settings.at)
    const crashes: { node: string; why: string }[] = []
    const faults: FaultRecord[] = []
    const cancelAsked: string[] = []
    const background: Promise<void>[] = []
    const inBackground = (work: Promise<void>) => void background.push(work)
    let isStriking = true
    let faultsLeft = 0
    const load = startLoad({
      count: settings.runs,
      seed,
      hookUrl: receiver.url,
      urls: cluster.nodes.filter(({ isServing }) => isServing).map(({ server }) => server.url),
      deadline,
      progress: () => (isStriking ? Math.min(0.999, faults.length / plannedFaults.length) : 1),
      addScript: model.script,
    })
    const strikeAll = async (): Promise<void> => {
      const random = createRandom(seed + 3)
      const left = [...plannedFaults]
      for (let fault = left.shift(); fault !== undefined; fault = left.shift()) {
        if (Date.now() > deadline) {
          faultsLeft = left.length + 1
          break
        }
        await delay(random.between(0, MAX_PAUSE_MS))
        reviveCrashed(cluster, crashes, inBackground)
        const record = await injectFault(fault, {
          cluster,
          database,
          traps,
          random,
          submitFor: load.submitFor,
          provokeCancel: () => cancelAny(cluster, database, cancelAsked),
          inBackground,
        })
        faults.push(record)
        // once more at the end: by then other runs come by
        if (!record.isDone && faults.length <= plannedFaults.length) left.push(fault)
        const what = `${describeFault(record)}${record.isDone ? '' : ': nobody came by'}`
        const progress = `${load.driven.length} runs ended, ${load.going()} go on`
        settings.onProgress(`${faults.length}/${plannedFaults.length} ${what}, ${progress}`)
      }
    }
    await Promise.all([
      load.ended,
      strikeAll().finally(() => {
        isStriking = false
      }),
    ])
    await Promise.all(background)
    reviveCrashed(cluster, crashes, inBackground)
    await Promise.all(background)
    const seen = {
      driven: load.driven,
      journal: model.journal,
      messages: receiver.messages,
      crashes,
      cancelAsked,
      faultsLeft,
    }
    const input = await collect({ cluster, database, faults, ...seen })
    const logs = new Map(cluster.nodes.map(({ name, server }) => [name, server.output()]))
    return {
      settings: { nodes: settings.nodes, runs: settings.runs, kills: settings.kills, seed, at: settings.at },
      durationMs: Date.now() - startedAt,
      faults,
      input,
      violations: audit(input),
      passed: traps.passed,
      leasesGoneAt: leases.goneAt,
      logs,
    }
  } finally {
    for (const stop of stops.reverse()) {
      await stop().catch((error: unknown) => settings.onProgress(`could not clean up: ${String(error)}`))
    }
  }
}

/** A node that ended although nobody ended it is told of, and started again. */
function reviveCrashed(
  { nodes }: Cluster,
  crashes: { node: string; why: string }[],
  inBackground: (work: Promise<void>) => void,
): void {
  for (const node of nodes) {
    if (!node.isUp() || node.isAlive()) continue
    crashes.push({ node: node.name, why: `ended by itself:\n${node.server.output().slice(-2_000)}` })
    node.goesDown()
    inBackground(node.bringBack(0))
  }
}

/** Cancels a run that is executed, over any node that answers: the end of one that is queued is another statement. */
async function cancelAny({ nodes }: Cluster, database: ClusterDatabase, cancelAsked: string[]): Promise<void> {
  const [run] = await database.query<{ id: string }>(
    `SELECT id::text FROM codex.runs WHERE status = 'running' AND cancel_reason IS NULL ORDER BY id DESC LIMIT 1`,
  )
  const node = nodes.find((candidate) => candidate.isUp() && candidate.isServing)
  if (run !== undefined && node !== undefined) {
    cancelAsked.push(run.id)
    void createSdkTransport(node.server.url)
      .cancel(run.id)
      .catch(() => {}) // its node may be killed by then: that is what it is for
  }
}

async function collect({
  cluster,
  database,
  faults,
  ...seen
}: {
  readonly cluster: Cluster
  readonly database: ClusterDatabase
  readonly faults: readonly FaultRecord[]
  readonly driven: readonly DrivenRun[]
  readonly crashes: { node: string; why: string }[]
  readonly cancelAsked: readonly string[]
  readonly journal: AuditInput['journal']
  readonly messages: AuditInput['messages']
  readonly faultsLeft: number
}): Promise<AuditInput> {
  await untilQuiet(database)
  const processes = (await findProcesses(COMMAND_MARK)).map((found) => ({ node: 'any', ...found }))
  const rows = await readRows(database)
  const ended = rows.runs.filter(({ status }) => TERMINAL.has(status)).map(({ id }) => id)
  const serving = cluster.nodes.filter(({ isServing }) => isServing)
  const [views, evidence] = await Promise.all([readViews(serving), readEvidence(serving, ended)])
  for (const node of cluster.nodes) {
    const exitCode = await node.server.stop()
    if (exitCode !== 0) seen.crashes.push({ node: node.name, why: `ended with ${exitCode} after SIGTERM` })
  }
  const folders = await readFolders(cluster.nodes)
  for (const { name, server } of cluster.nodes) {
    processes.push(...(await findProcesses(server.dataDir)).map((found) => ({ node: name, ...found })))
  }
  return {
    ...seen,
    ...rows,
    journal: [...seen.journal],
    messages: [...seen.messages],
    views,
    evidence,
    folders,
    processes,
    missedBoundaries: missed(faults),
  }
}

/** Waits until the engine has nothing to do any more; what it still has after a while is told by the audit. */
async function untilQuiet(database: ClusterDatabase): Promise<void> {
  const limit = Date.now() + SETTLE_LIMIT_MS
  while (Date.now() < limit) {
    const [row] = await database.query<{ busy: number }>(
      `SELECT (SELECT count(*) FROM codex.runs WHERE status IN ('queued', 'running'))::int
        + (SELECT count(*) FROM codex.webhook_deliveries WHERE status = 'pending')::int
        + (SELECT count(*) FROM dbos.workflow_status WHERE status IN ('ENQUEUED', 'DELAYED', 'PENDING'))::int AS busy`,
    )
    if (row?.busy === 0) return
    await delay(POLL_MS)
  }
}

function missed(faults: readonly FaultRecord[]): readonly string[] {
  const namesOf = (isDone: boolean) =>
    faults
      .filter((fault) => fault.kind === 'kill' && fault.isDone === isDone)
      .flatMap(({ boundary }) => (boundary === null ? [] : [boundary]))
  const reached = new Set(namesOf(true))
  return [...new Set(namesOf(false))].filter((name) => !reached.has(name))
}
