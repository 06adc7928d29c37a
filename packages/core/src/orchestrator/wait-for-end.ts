import { setTimeout as delay } from 'node:timers/promises'
import { isDatabaseTrouble } from '../store/database-trouble.ts'
import type { RunNotifications } from '../store/run-notifications.ts'

/** Looks again at the latest after this time, in case a notification was lost with its connection. */
const SAFETY_POLL_MS = 5_000
/** So many looks in a row may fail, one every second, before whoever waits is told that the database is away. */
const MAX_FAILED_LOOKS = 30
const FAILED_LOOK_DELAY_MS = 1_000

/**
 * Waits for the end of a run without reading its events: it looks at the run when its status may have changed, and now
 * and then. Resolves also when the signal is aborted.
 * @throws what the database says when it stays away, and what `hasEnded` throws
 */
export async function waitForEnd(
  notifications: Pick<RunNotifications, 'onStatus'>,
  runId: string,
  { hasEnded, signal }: { readonly hasEnded: () => Promise<boolean>; readonly signal: AbortSignal },
): Promise<void> {
  let isStale = true
  let failedLooks = 0
  let wake: () => void = () => {}
  const stopListening = notifications.onStatus(runId, () => {
    isStale = true
    wake()
  })
  const onAbort = () => wake()
  signal.addEventListener('abort', onAbort)
  try {
    while (!signal.aborted) {
      isStale = false
      const ended = await hasEnded().catch((error: unknown) => {
        if (!isDatabaseTrouble(error) || ++failedLooks > MAX_FAILED_LOOKS) throw error
        return null
      })
      if (ended === true) return
      if (ended === null) {
        await delay(FAILED_LOOK_DELAY_MS, undefined, { signal }).catch(() => {}) // aborted: the loop ends
        continue
      }
      failedLooks = 0
      if (isStale || signal.aborted) continue
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
