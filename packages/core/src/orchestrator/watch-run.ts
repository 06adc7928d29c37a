import { type RunEvent, TERMINAL_EVENTS } from '@codex/protocol'
import type { Pool } from 'pg'
import { readEvents } from '../store/read-events.ts'
import type { RunNotifications } from '../store/run-notifications.ts'
import { lookAgain } from './look-again.ts'

const PAGE_SIZE = 500

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
  const pages = lookAgain({
    listen: (onChange) => notifications.onEvents(runId, onChange),
    look: () => readEvents(pool, runId, { after, limit: PAGE_SIZE }),
    hasMore: (page) => page.length === PAGE_SIZE,
    signal,
  })
  for await (const page of pages) {
    for (const event of page) {
      if (signal.aborted) return
      after = event.seq
      yield event
      if (TERMINAL_EVENTS.has(event.type)) return
    }
  }
}
