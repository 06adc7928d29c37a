import { Client } from 'pg'
import type { Log } from '../logging/log.ts'

/** Tells waiting code that something about a run may have changed; who is told looks at the tables again. */
export interface RunNotifications {
  /** Calls back on each change of a run until the returned function is called. */
  onEvents(runId: string, wake: () => void): () => void
  /** Calls back when anybody asks to cancel a run; with null when requests for any run may have been missed. */
  onCancel(listener: (runId: string | null) => void): () => void
  close(): Promise<void>
}

const RECONNECT_MS = 500
/** A connection that is dead without a word is found out about this soon. */
const KEEP_ALIVE_MS = 10_000

/**
 * One LISTEN connection for the whole process. While it is down nothing is told; everybody is woken after it is back,
 * so that nothing is missed.
 */
export async function listenToRuns(url: string, log: Log): Promise<RunNotifications> {
  const watchers = new Map<string, Set<() => void>>()
  const cancelListeners = new Set<(runId: string | null) => void>()
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
      if (channel === 'codex_events') for (const wake of watchers.get(payload) ?? []) wake()
      if (channel === 'codex_cancel') for (const listener of cancelListeners) listener(payload)
    })
    try {
      await next.connect()
      await next.query('LISTEN codex_events; LISTEN codex_cancel')
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
      for (const wakes of watchers.values()) for (const wake of wakes) wake()
      for (const listener of cancelListeners) listener(null)
    } catch (error) {
      log.warn({ error: String(error) }, 'cannot listen for run events yet')
      if (!closed) retryLater()
    }
  }
  await connect()

  return {
    onEvents(runId, wake) {
      const wakes = watchers.get(runId) ?? new Set()
      watchers.set(runId, wakes.add(wake))
      return () => {
        wakes.delete(wake)
        if (wakes.size === 0) watchers.delete(runId)
      }
    },
    onCancel(listener) {
      cancelListeners.add(listener)
      return () => cancelListeners.delete(listener)
    },
    async close() {
      closed = true
      clearTimeout(reconnect)
      await reconnecting // a connection that is being made is closed too
      await client?.end()
    },
  }
}
