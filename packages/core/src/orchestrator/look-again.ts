import { setTimeout as delay } from 'node:timers/promises'
import { isDatabaseTrouble } from '../store/database-trouble.ts'

/** Looks again at the latest after this time, in case a notification was lost with its connection. */
const SAFETY_POLL_MS = 5_000
/** So many looks in a row may fail, one every second, before whoever waits is told that the database is away. */
const MAX_FAILED_LOOKS = 30
const FAILED_LOOK_DELAY_MS = 1_000

export interface Looking<T> {
  /** Asks to be told when there may be something new. @returns what ends that */
  readonly listen: (onChange: () => void) => () => void
  readonly look: () => Promise<T>
  /** Whether a look did not show everything, so that the next one comes at once. */
  readonly hasMore?: (seen: T) => boolean
  readonly signal: AbortSignal
}

/**
 * What each look at the database shows, first now, then when told that it may have changed, and now and then. Ends when
 * the signal is aborted, or with the loop of its caller; goes on over a short absence of the database.
 * @throws what the database says when it stays away, and what `look` throws
 */
export async function* lookAgain<T>({ listen, look, hasMore = () => false, signal }: Looking<T>): AsyncGenerator<T> {
  let failedLooks = 0
  let isStale = true
  let wake: () => void = () => {}
  const stopListening = listen(() => {
    isStale = true
    wake()
  })
  const onAbort = () => wake()
  signal.addEventListener('abort', onAbort)
  try {
    while (!signal.aborted) {
      isStale = false
      const shown = await look().then(
        (seen) => ({ seen }),
        (error: unknown) => {
          if (!isDatabaseTrouble(error) || ++failedLooks > MAX_FAILED_LOOKS) throw error
          return null
        },
      )
      if (shown === null) {
        await delay(FAILED_LOOK_DELAY_MS, undefined, { signal }).catch(() => {}) // aborted: the loop ends
        continue
      }
      failedLooks = 0
      yield shown.seen
      if (hasMore(shown.seen) || isStale || signal.aborted) continue
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
