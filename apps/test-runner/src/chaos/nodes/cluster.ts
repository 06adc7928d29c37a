import { setTimeout as delay } from 'node:timers/promises'
import type { RunningServer } from '../../server/running-server.ts'
import type { Scratch } from '../../server/scratch.ts'
import { startServer } from '../../server/start-server.ts'
import type { Traps } from '../traps.ts'
import { type DatabaseProxy, startDatabaseProxy, type WireListener } from '../wire/database-proxy.ts'
import type { ClusterDatabase } from './cluster-database.ts'
import { watchMachine } from './watch-machine.ts'

/** One process of the service, with its own data folder and its own way to the database. */
export interface ChaosNode {
  readonly name: string
  readonly server: RunningServer
  readonly proxy: DatabaseProxy
  /** Its name in the cluster; another one after each start. */
  nodeId(): string
  /** Every name that it had. */
  readonly nodeIds: ReadonlySet<string>
  /** Whether its process goes on as far as we know: not while it is down or frozen. */
  isUp(): boolean
  /** Whether clients can ask it; a node that only executes runs answers nobody. */
  readonly isServing: boolean
  /** Whether its process is there. */
  isAlive(): boolean
  kill(): void
  /** Says that it is about to be down. */
  goesDown(): void
  /** Stops it in the middle of what it does, and lets it go on later as if no time had passed. */
  freeze(ms: number): Promise<void>
  /** Starts it again after a pause, as often as it takes: the database may be away just then, or it is killed again. */
  bringBack(pauseMs: number): Promise<void>
}

export interface Cluster {
  readonly nodes: readonly ChaosNode[]
  stop(): Promise<void>
}

/** What nodes can do. */
const ROLES = ['all', 'api', 'worker'] as const
type Role = (typeof ROLES)[number]
const REVIVE_PATIENCE_MS = 120_000
const LEASE = /INSERT INTO codex\.nodes/
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/

/** What each node does: of two both do everything; of more one takes requests alone, and one executes runs alone. */
export function rolesOf(count: number): readonly Role[] {
  return Array.from({ length: count }, (_, index) => (count < ROLES.length ? 'all' : (ROLES[index] ?? 'all')))
}

/** Starts nodes one after the other, so that the first one alone sets up the database. */
export async function startCluster(settings: {
  readonly count: number
  readonly scratch: Pick<Scratch, 'folder' | 'temporary'>
  readonly database: ClusterDatabase
  readonly traps: Traps
  readonly environmentOf: (node: string) => Readonly<Record<string, string>>
}): Promise<Cluster> {
  const stops: (() => Promise<void>)[] = []
  const nodes: ChaosNode[] = []
  const stop = async () => {
    const outcomes = await Promise.allSettled(stops.splice(0).map((end) => end()))
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    if (failures.length > 0) throw new AggregateError(failures, 'could not stop the nodes')
  }
  try {
    for (const [index, role] of rolesOf(settings.count).entries()) {
      nodes.push(await startNode({ name: `node-${index + 1}`, role }, settings, stops))
    }
  } catch (error) {
    await stop().catch(() => {}) // the start's own error says more
    throw error
  }
  return { nodes, stop }
}

async function startNode(
  { name, role }: { readonly name: string; readonly role: Role },
  { scratch, database, traps, environmentOf }: Parameters<typeof startCluster>[0],
  stops: (() => Promise<void>)[],
): Promise<ChaosNode> {
  const nodeIds = new Set<string>()
  let nodeId = ''
  const trapListener = traps.listenerOf(name)
  const listener: WireListener = {
    before(unit) {
      if (LEASE.test(unit.sql)) {
        nodeId = UUID.exec(unit.text)?.[0] ?? nodeId
        nodeIds.add(nodeId)
      }
      return trapListener.before(unit)
    },
    after: trapListener.after,
  }
  const proxy = await startDatabaseProxy(database.port, listener)
  stops.push(() => proxy.close())
  const server = await startServer(scratch, {
    DATABASE_URL: database.urlAt(proxy.port),
    CODEX_ROLE: role,
    ...environmentOf(name),
  })
  const stopWatching = watchMachine(server.dataDir, {
    pid: () => server.pid,
    awaits: traps.awaits,
    onReached: (what) => traps.machineReached(what, name),
  })
  stops[stops.length - 1] = async () => {
    stopWatching()
    await server.stop() // it still needs its way to the database
    await server.dispose()
    await proxy.close()
  }
  let isUp = true
  let isFrozen = false
  let deaths = 0
  let comingBack: Promise<void> | null = null
  const start = async (pauseMs: number): Promise<void> => {
    const deadline = Date.now() + REVIVE_PATIENCE_MS
    await delay(pauseMs)
    for (;;) {
      const before = deaths
      await server.kill() // waits for the end of its process
      try {
        await server.restart()
        if (deaths === before) break
      } catch (error) {
        if (Date.now() > deadline) throw error
      }
    }
    isUp = true
    comingBack = null
  }
  const send = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return server.pid !== undefined && process.kill(server.pid, signal)
    } catch {
      return false // no such process
    }
  }
  return {
    name,
    server,
    proxy,
    nodeId: () => nodeId,
    nodeIds,
    isUp: () => isUp && !isFrozen,
    isServing: role !== 'worker',
    isAlive: () => send(0),
    kill: () => void send('SIGKILL'),
    async freeze(ms) {
      isFrozen = true
      send('SIGSTOP')
      await delay(ms)
      send('SIGCONT')
      isFrozen = false
    },
    goesDown() {
      isUp = false
      deaths += 1
    },
    bringBack(pauseMs) {
      comingBack ??= start(pauseMs)
      return comingBack
    },
  }
}
