import { setTimeout as delay } from 'node:timers/promises'
import type { Boundary } from '../boundaries.ts'
import type { ChaosNode, Cluster } from '../nodes/cluster.ts'
import type { ClusterDatabase } from '../nodes/cluster-database.ts'
import type { Random } from '../random.ts'
import type { Spring, Traps } from '../traps.ts'
import type { Fault, FaultRecord } from './fault.ts'

export interface FaultContext {
  readonly cluster: Cluster
  readonly database: ClusterDatabase
  readonly traps: Traps
  readonly random: Random
  /** Asks for a run that comes by a boundary. */
  readonly submitFor: (boundary: Boundary) => void
  /** Asks for the end of a run that is going, so that somebody comes by the boundaries of a cancel. */
  readonly provokeCancel: () => Promise<void>
  /** Keeps what goes on behind the next faults, so that it can be waited for. */
  readonly inBackground: (work: Promise<void>) => void
}

const TRAP_TIMEOUT_MS = 40_000
/** Longer than a lease (6 s) and the sweep after it (2 s). */
const FROZEN_MS = 9_000
const MAX_DOWN_MS = 2_500
const POLL_MS = 50

/** Does one fault and sees to it that everything comes back. */
export async function injectFault(fault: Fault, context: FaultContext): Promise<FaultRecord> {
  switch (fault.kind) {
    case 'kill':
      return await strike(
        fault.kind,
        fault.boundary,
        context,
        async (node) => {
          node.goesDown()
          node.signal('SIGKILL')
          return 'break'
        },
        reviveLater,
      )
    case 'freeze':
      return await strike(
        fault.kind,
        fault.boundary,
        context,
        async (node) => {
          node.signal('SIGSTOP')
          await delay(FROZEN_MS)
          node.signal('SIGCONT')
          return 'go-on' // the statement that it was about to send arrives now, long after it lost its runs
        },
        () => {},
      )
    case 'cut':
      return await strike(
        fault.kind,
        fault.boundary,
        context,
        async () => 'break',
        () => {},
      )
    case 'stop':
      return await strike(
        fault.kind,
        null,
        context,
        async (node) => {
          node.goesDown()
          await node.server.stop()
          return 'break'
        },
        reviveLater,
      )
    case 'database': {
      const at = Date.now()
      await context.database.restart(fault.end)
      return { kind: fault.kind, boundary: fault.end, isDone: true, node: null, at, leaseEndsAt: null, runIds: [] }
    }
  }
}

async function strike(
  kind: Fault['kind'],
  boundary: Boundary | null,
  context: FaultContext,
  hit: (node: ChaosNode) => ReturnType<Spring>,
  afterwards: (node: ChaosNode, context: FaultContext) => void,
): Promise<FaultRecord> {
  const { cluster, traps } = context
  let at = 0
  let measured: Promise<Pick<FaultRecord, 'leaseEndsAt' | 'runIds'>> | undefined
  const struck = async (node: ChaosNode) => {
    at = Date.now()
    const done = hit(node)
    if (kind !== 'cut') measured = measure(node, context)
    return await done
  }
  let node: ChaosNode | undefined
  let over: ReturnType<typeof hit> | undefined
  if (boundary === null) {
    node = await pickVictim(context)
    over = kind === 'cut' ? cutSome(context) : struck(node)
  } else {
    await prepare(boundary, context)
    const caught = traps.set(
      boundary,
      (name) => {
        const found = cluster.nodes.find((candidate) => candidate.name === name)
        if (found === undefined) return Promise.resolve('go-on')
        over = struck(found)
        return over
      },
      TRAP_TIMEOUT_MS,
    )
    await provoke(boundary, context)
    const name = await caught
    node = cluster.nodes.find((candidate) => candidate.name === name)
  }
  if (node === undefined) {
    const isDone = false
    return { kind, boundary: boundary?.name ?? null, isDone, node: null, at: Date.now(), leaseEndsAt: null, runIds: [] }
  }
  await over
  afterwards(node, context)
  const found = (await measured) ?? { leaseEndsAt: null, runIds: [] }
  return { kind, boundary: boundary?.name ?? null, isDone: true, node: node.name, at: at || Date.now(), ...found }
}

/** Does what has to happen before a boundary is one: others' runs are taken over when a lease is over. */
async function prepare(boundary: Boundary, context: FaultContext): Promise<void> {
  if (!boundary.name.startsWith('recover.')) return
  const victim = await pickVictim(context)
  victim.goesDown()
  victim.signal('SIGKILL')
  const { leaseEndsAt } = await measure(victim, context)
  reviveLater(victim, context)
  await delay(Math.max(0, (leaseEndsAt ?? 0) - Date.now()))
}

/** Asks for something that comes by a boundary. */
async function provoke(boundary: Boundary, context: FaultContext): Promise<void> {
  context.submitFor(boundary)
  if (boundary.name.startsWith('cancel.')) await context.provokeCancel().catch(() => {}) // killed while it answered
}

/** Any node that is up, the last one too: it comes back. */
async function pickVictim({ cluster, random }: FaultContext): Promise<ChaosNode> {
  for (;;) {
    const up = cluster.nodes.filter((node) => node.isUp())
    if (up.length > 0) return random.pick(up)
    await delay(POLL_MS)
  }
}

function reviveLater(node: ChaosNode, { random, inBackground }: FaultContext): void {
  inBackground(node.bringBack(random.between(0, MAX_DOWN_MS)))
}

/** What the node was doing, by the database: asked before anybody else can have taken it over. */
async function measure(
  node: ChaosNode,
  { database }: FaultContext,
): Promise<Pick<FaultRecord, 'leaseEndsAt' | 'runIds'>> {
  const rows = await database.query<{ id: string | null; expires_at: Date | null }>(
    `SELECT r.id, n.expires_at FROM (SELECT $1::text AS id) AS wanted
      LEFT JOIN codex.nodes n ON n.id = wanted.id
      LEFT JOIN codex.runs r ON r.node = wanted.id AND r.status = 'running'`,
    [node.nodeId()],
  )
  return {
    leaseEndsAt: rows[0]?.expires_at?.getTime() ?? null,
    runIds: rows.flatMap(({ id }) => (id === null ? [] : [id])),
  }
}

async function cutSome({ database, cluster, random }: FaultContext) {
  if (random.next() < 0.3) random.pick(cluster.nodes).proxy.cut()
  else {
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name LIKE 'codex%' AND random() < 0.4 AND pid <> pg_backend_pid()`,
    )
  }
  return 'break' as const
}
