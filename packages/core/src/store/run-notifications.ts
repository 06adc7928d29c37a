import { Client, type Pool } from 'pg'
import type { Log } from '../logging/log.ts'
import { CHANGES_CHANNEL, changesOf, parseMessage } from './run-changes.ts'

/** Tells waiting code that something about a run may have changed; who is told looks at the tables again. */
export interface RunNotifications {
  /** Calls back on each change of a run until the returned function is called. */
  onEvents(runId: string, wake: () => void): () => void
  /** Calls back when a run's status may have changed, until the returned function is called. */
  onStatus(runId: string, wake: () => void): () => void
  /** Calls back when anybody asks to cancel a run; with null when requests for any run may have been missed. */
  onCancel(listener: (runId: string | null) => void): () => void
  /** Calls back when something was queued that a node may take, or may have been. */
  onQueued(listener: () => void): () => void
  close(): Promise<void>
}

const RECONNECT_MS = 500
/** A connection that is dead without a word is found out about this soon. */
const KEEP_ALIVE_MS = 10_000

/**
 * One LISTEN connection for the whole process. While it is down nothing is told of other nodes; everybody is woken after
 * it is back, so that nothing is missed.
 * @param pool the process's own connections: what is written over them is told without the way over the database
 */
export async function listenToRuns(url: string, log: Log, pool?: Pool): Promise<RunNotifications> {
  const watchers = createWatchers()
  const statusWatchers = createWatchers()
  const own = pool === undefined ? null : changesOf(pool)
  const onChange = (runId: string, isStatus: boolean): void => {
    watchers.wake(runId)
    if (isStatus) statusWatchers.wake(runId)
  }
  const stopOwn = own?.onChange(onChange)
  const cancelListeners = new Set<(runId: string | null) => void>()
  const queueListeners = new Set<() => void>()
  let client: Client | null = null
  let closed = false
  let reconnect: NodeJS.Timeout | undefined
  let reconnecting: Promise<void> = Promise.resolve()

  const connect = async (): Promise<void> => {
    const next = new Client({
      connectionString: url,
      application_name: 'codex-listen',
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    })
    next.on('error', (error) => log.warn({ error: error.message }, 'lost the notification connection'))
    next.on('end', () => {
      if (client !== next || closed) return
      client = null
      retryLater()
    })
    next.on('notification', ({ channel, payload }) => {
      if (payload === undefined) return
      if (channel === 'codex_events') onChange(payload, true)
      if (channel === CHANGES_CHANNEL) {
        const { sender, changes } = parseMessage(payload)
        if (sender !== own?.sender) for (const { runId, isStatus } of changes) onChange(runId, isStatus)
      }
      if (channel === 'codex_cancel') for (const listener of cancelListeners) listener(payload)
      if (channel === 'codex_queue') for (const listener of queueListeners) listener()
    })
    try {
      await next.connect()
      await next.query(`LISTEN codex_events; LISTEN codex_cancel; LISTEN codex_queue; LISTEN ${CHANGES_CHANNEL}`)
    } catch (error) {
      await next.end().catch(() => {}) // it may have come no further than half of the way
      throw error
    }
    client = next
  }
  const retryLater = (): void => {
    reconnect = setTimeout(() => {
      reconnecting = retry()
    }, RECONNECT_MS)
  }
  const retry = async (): Promise<void> => {
    try {
      await connect()
      watchers.wakeAll()
      statusWatchers.wakeAll()
      for (const listener of cancelListeners) listener(null)
      for (const listener of queueListeners) listener()
    } catch (error) {
      log.warn({ error: String(error) }, 'cannot listen for run events yet')
      if (!closed) retryLater()
    }
  }
  await connect()

  return {
    onEvents: watchers.add,
    onStatus: statusWatchers.add,
    onCancel(listener) {
      cancelListeners.add(listener)
      return () => cancelListeners.delete(listener)
    },
    onQueued(listener) {
      queueListeners.add(listener)
      return () => queueListeners.delete(listener)
    },
    async close() {
      closed = true
      stopOwn?.()
      clearTimeout(reconnect)
      await reconnecting // a connection that is being made is closed too
      await client?.end()
    },
  }
}

/** Who is to be woken, by run. */
function createWatchers() {
  const watchers = new Map<string, Set<() => void>>()
  return {
    add(runId: string, wake: () => void): () => void {
      const wakes = watchers.get(runId) ?? new Set()
      watchers.set(runId, wakes.add(wake))
      return () => {
        wakes.delete(wake)
        if (wakes.size === 0 && watchers.get(runId) === wakes) watchers.delete(runId)
      }
    },
    wake(runId: string): void {
      for (const wake of watchers.get(runId) ?? []) wake()
    },
    wakeAll(): void {
      for (const wakes of watchers.values()) for (const wake of wakes) wake()
    },
  }
}
