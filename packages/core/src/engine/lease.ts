import type { NodeRole } from '@codex/protocol'
import type { Pool } from 'pg'
import type { Log } from '../logging/log.ts'

/** What a node tells the others of itself. */
export interface NodeDescription {
  readonly id: string
  readonly role: NodeRole
  readonly version: string
  /** Run formats that it executes. */
  readonly formats: readonly string[]
  readonly maxConcurrentRuns: number
  readonly host: string
  readonly pid: number
}

/** This process's right to execute runs: while it holds it, no other node takes it for dead. */
export interface NodeLease {
  /** Whether it holds now; costs nothing. False also right after a process that was frozen wakes up. */
  isHeld(): boolean
  /** Resolves once it holds (again), or when the signal is aborted. */
  whenHeld(signal: AbortSignal): Promise<void>
  /** Calls back when it is lost: what goes on has to stop, since others may take it over. */
  onLost(listener: () => void): void
  /** Calls back when it holds again. */
  onRegained(listener: () => void): void
  /** Does a task after each renewal, one at a time. */
  afterRenewal(task: () => Promise<void>): void
  /** Does the task no longer, and waits for one that is going; the node still counts as alive. */
  stopTask(): Promise<void>
  /** Gives it up: what this node has left goes to the others at once. */
  release(): Promise<void>
}

export interface LeaseSettings {
  readonly pool: Pool
  readonly node: NodeDescription
  /** Nobody else can be alive (embedded database): it is not lost while the database is away. */
  readonly isExclusive?: boolean
  readonly log: Log
  /** Others wait this long after the last renewal; default 6,000. */
  readonly ttlMs?: number
  /** Default 2,000. */
  readonly renewEveryMs?: number
}

const TTL_MS = 6_000
const RENEW_EVERY_MS = 2_000
/** The node itself gives up this much earlier than others take over, so that its processes are dead by then. */
const HEAD_START = 1 / 6

const RENEW = `INSERT INTO codex.nodes (id, expires_at, role, version, formats, max_concurrent_runs, host, pid)
  VALUES ($1, now() + $2::int * interval '1 millisecond', $3, $4, $5::text[], $6, $7, $8)
  ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
  RETURNING xmax = 0 AS is_new`

/**
 * Writes down that a node is alive, before it takes any run, and keeps doing so.
 * @throws what the database throws when the first time fails
 */
export async function acquireLease(settings: LeaseSettings): Promise<NodeLease> {
  const { pool, node, log, isExclusive = false, ttlMs = TTL_MS, renewEveryMs = RENEW_EVERY_MS } = settings
  const lost = new Set<() => void>()
  const regained = new Set<() => void>()
  // monotonic, and goes on while the process is frozen; the database's clock is never compared with it
  let heldUntilMs = Number.NEGATIVE_INFINITY
  let state: 'new' | 'held' | 'lost' = 'new'
  let task: (() => Promise<void>) | null = null
  let expiry: NodeJS.Timeout | undefined
  const isHeld = () => state === 'held' && (isExclusive || performance.now() < heldUntilMs)

  const lose = (reason: string): void => {
    if (state !== 'held') return // new, or lost already
    state = 'lost'
    log.warn({ node: node.id }, `${reason}: stopping its runs until the lease is renewed`)
    for (const listener of lost) listener()
  }
  const watchExpiry = (): void => {
    clearTimeout(expiry)
    if (isExclusive) return
    const wait = () => {
      const leftMs = heldUntilMs - performance.now()
      if (leftMs <= 0) return lose("this node's lease ran out")
      expiry = setTimeout(wait, leftMs)
      expiry.unref()
    }
    wait()
  }
  const renew = async (): Promise<void> => {
    const askedAtMs = performance.now()
    // a query that hangs with its connection must not keep the next one from being made
    const query = { text: RENEW, values: toValues(node, ttlMs), query_timeout: ttlMs / 2 }
    const { rows } = await pool.query<{ is_new: boolean }>(query)
    if (rows[0]?.is_new === true) lose("this node's lease was taken away")
    if (!isHeld()) lose("this node's lease ran out")
    heldUntilMs = askedAtMs + ttlMs * (1 - HEAD_START)
    const wasLost = state === 'lost'
    state = 'held'
    watchExpiry()
    if (wasLost) for (const listener of regained) listener()
  }
  let renewing: Promise<void> | null = null
  let working: Promise<void> | null = null
  const beat = async (): Promise<void> => {
    try {
      await renew()
    } catch (error) {
      log.warn({ error: String(error) }, 'could not renew the lease; trying again')
      return
    }
    // apart from the renewals: however long it takes, they go on
    working ??= (task?.() ?? Promise.resolve())
      .catch((error: unknown) => log.warn({ error: String(error) }, 'could not look after other nodes; trying again'))
      .finally(() => {
        working = null
      })
  }
  await renew()
  const timer = setInterval(() => {
    renewing ??= beat().finally(() => {
      renewing = null
    })
  }, renewEveryMs)
  timer.unref()

  return {
    isHeld,
    async whenHeld(signal) {
      while (!isHeld() && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>()
        regained.add(resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
        await promise
        regained.delete(resolve)
      }
    },
    onLost: (listener) => void lost.add(listener),
    onRegained: (listener) => void regained.add(listener),
    afterRenewal(next) {
      task = next
    },
    async stopTask() {
      task = null
      await working
    },
    async release() {
      clearInterval(timer)
      clearTimeout(expiry)
      task = null
      await Promise.all([renewing, working])
      await pool.query('DELETE FROM codex.nodes WHERE id = $1', [node.id])
    },
  }
}

function toValues(node: NodeDescription, ttlMs: number): unknown[] {
  return [node.id, ttlMs, node.role, node.version, node.formats, node.maxConcurrentRuns, node.host, node.pid]
}
