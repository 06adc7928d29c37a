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
/** From one provocation of a trap that nobody came by to the next, which comes later each time. */
const PROVOKE_MS = 1_000
const PROVOKE_FACTOR = 1.5
/** Longer than a lease (6 s) and the sweep after it (2 s). */
const FROZEN_MS = 9_000
const MAX_DOWN_MS = 2_500
const POLL_MS = 50

type Measured = Pick<FaultRecord, 'nodeId' | 'leaseEndsAt' | 'runIds'>
const NOT_MEASURED: Measured = { nodeId: null, leaseEndsAt: null, runIds: [] }

/** Does one fault, as soon as it leaves one node up, and sees to it that everything comes back behind the next faults. */
export async function injectFault(fault: Fault, context: FaultContext): Promise<FaultRecord> {
  await untilSpare(context)
  switch (fault.kind) {
    case 'kill':
      return await strike(fault.kind, fault.boundary, context, async (node) => {
        node.goesDown()
        node.kill()
        reviveLater(node, context)
        return 'break'
      })
    case 'freeze':
      return await strike(fault.kind, fault.boundary, context, async (node) => {
        await node.freeze(FROZEN_MS)
        return 'go-on' // the statement that it was about to send arrives now, long after it lost its runs
      })
    case 'cut':
      return await strike(fault.kind, fault.boundary, context, async () => 'break')
    case 'stop':
      return await strike(fault.kind, null, context, async (node) => {
        node.goesDown()
        await node.server.stop()
        reviveLater(node, context)
        return 'break'
      })
    case 'database': {
      const at = Date.now()
      await context.database.restart(fault.end)
      return { kind: fault.kind, boundary: fault.end, isDone: true, node: null, at, ...NOT_MEASURED }
    }
  }
}

async function strike(
  kind: Fault['kind'],
  boundary: Boundary | null,
  context: FaultContext,
  hit: (node: ChaosNode) => ReturnType<Spring>,
): Promise<FaultRecord> {
  const { cluster, traps } = context
  let at = 0
  let measured: Promise<Measured> | undefined
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
    let isArmed = true
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
    void caught.then(() => {
      isArmed = false
    })
    for (let pauseMs = PROVOKE_MS; isArmed; pauseMs *= PROVOKE_FACTOR) {
      await provoke(boundary, context)
      await Promise.race([caught, delay(pauseMs)])
    }
    const name = await caught
    node = cluster.nodes.find((candidate) => candidate.name === name)
  }
  const where = boundary?.name ?? null
  if (node === undefined) {
    return { kind, boundary: where, isDone: false, node: null, at: Date.now(), ...NOT_MEASURED }
  }
  if (over !== undefined) context.inBackground(over.then(() => {}))
  const found = (await measured) ?? NOT_MEASURED
  return { kind, boundary: where, isDone: true, node: node.name, at: at || Date.now(), ...found }
}

/** Does what has to happen before a boundary is one: others' runs are taken over when a lease is over. */
async function prepare(boundary: Boundary, context: FaultContext): Promise<void> {
  if (!boundary.name.startsWith('recover.')) return
  let leaseEndsAt = await nextDeadLease(context)
  if (leaseEndsAt === null) {
    const victim = await pickVictim(context)
    victim.goesDown()
    victim.kill()
    ;({ leaseEndsAt } = await measure(victim, context))
    reviveLater(victim, context)
  }
  await delay(Math.max(0, (leaseEndsAt ?? 0) - Date.now()))
}

/** When the lease of a node that is down ends, if there is one that nobody has taken over yet. */
async function nextDeadLease({ cluster, database }: FaultContext): Promise<number | null> {
  const living = cluster.nodes.filter((node) => node.isUp()).map((node) => node.nodeId())
  const [row] = await database.query<{ ends: Date | null }>(
    'SELECT min(expires_at) AS ends FROM codex.nodes WHERE id <> ALL($1) AND expires_at > now()',
    [living],
  )
  return row?.ends?.getTime() ?? null
}

/** Asks for something that comes by a boundary. */
async function provoke(boundary: Boundary, context: FaultContext): Promise<void> {
  context.submitFor(boundary)
  if (boundary.name.startsWith('cancel.')) await context.provokeCancel().catch(() => {}) // killed while it answered
}

/** Waits until two nodes are up: one of them stays. */
async function untilSpare({ cluster }: FaultContext): Promise<void> {
  while (cluster.nodes.filter((node) => node.isUp()).length < 2) await delay(POLL_MS)
}

/** Any node that is up. */
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
async function measure(node: ChaosNode, { database }: FaultContext): Promise<Measured> {
  const nodeId = node.nodeId() // another one as soon as it is back
  const rows = await database.query<{ id: string | null; expires_at: Date | null }>(
    `SELECT r.id, n.expires_at FROM (SELECT $1::text AS id) AS wanted
      LEFT JOIN codex.nodes n ON n.id = wanted.id
      LEFT JOIN codex.runs r ON r.node = wanted.id AND r.status = 'running'`,
    [nodeId],
  )
  return {
    nodeId,
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
