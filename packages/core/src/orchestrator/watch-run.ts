import { setTimeout as delay } from 'node:timers/promises'
import { type RunEvent, TERMINAL_EVENTS } from '@codex/protocol'
import type { Pool } from 'pg'
import { isDatabaseTrouble } from '../store/database-trouble.ts'
import { readEvents } from '../store/read-events.ts'
import type { RunNotifications } from '../store/run-notifications.ts'

const PAGE_SIZE = 500
/** Looks again at the latest after this time, in case a notification was lost with its connection. */
const SAFETY_POLL_MS = 5_000
/** So many looks in a row may fail, one every second, before a watcher is told that the database is away. */
const MAX_FAILED_LOOKS = 30
const FAILED_LOOK_DELAY_MS = 1_000

/**
 * Events of a run as they come, in order, each once: notifications only say "look again", the table says what is new.
 * Ends after the terminal event, or when the signal is aborted; goes on over a short absence of the database.
 * @throws what the database says when it stays away
 */
export async function* watchRun(
  pool: Pool,
  notifications: RunNotifications,
  runId: string,
  options: { readonly after: number; readonly signal: AbortSignal },
): AsyncGenerator<RunEvent, void, undefined> {
  const { signal } = options
  let after = options.after
  let failedLooks = 0
  let isStale = true
  let wake: () => void = () => {}
  const stopListening = notifications.onEvents(runId, () => {
    isStale = true
    wake()
  })
  const onAbort = () => wake()
  signal.addEventListener('abort', onAbort)
  try {
    while (!signal.aborted) {
      isStale = false
      const page = await readEvents(pool, runId, { after, limit: PAGE_SIZE }).catch((error: unknown) => {
        if (!isDatabaseTrouble(error) || ++failedLooks > MAX_FAILED_LOOKS) throw error
        return null
      })
      if (page === null) {
        await delay(FAILED_LOOK_DELAY_MS, undefined, { signal }).catch(() => {}) // aborted: the loop ends
        continue
      }
      failedLooks = 0
      for (const event of page) {
        if (signal.aborted) return
        after = event.seq
        yield event
        if (TERMINAL_EVENTS.has(event.type)) return
      }
      if (page.length === PAGE_SIZE || isStale || signal.aborted) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, SAFETY_POLL_MS)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        if (isStale || signal.aborted) wake() // told between the look and the wait
      })
    }
  } finally {
    stopListening()
    signal.removeEventListener('abort', onAbort)
  }
}
