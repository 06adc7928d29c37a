import type { Pool } from 'pg'
import type { Log } from '../logging/log.ts'
import { endUnexecuted } from '../store/cancel-statements.ts'
import { deadlineError } from './limit-run.ts'
import { type StartServices, startIfReady } from './start-run.ts'
import { toRunError } from './to-run-error.ts'

const LOOK_EVERY_MS = 2_000

const EXPIRED = `SELECT id, deadline FROM codex.runs
  WHERE status IN ('queued', 'waiting') AND deadline < now() ORDER BY id LIMIT 1000`

/**
 * Ends runs that no node executes and whose deadline is over; one that never began is not started.
 * @returns runs that waited for one of them
 */
export async function failExpired(pool: Pool): Promise<readonly string[]> {
  const expired = await pool.query<{ id: string; deadline: Date }>(EXPIRED)
  const successors: string[] = []
  for (const { id, deadline } of expired.rows) {
    const error = toRunError(deadlineError(deadline), { step: null, agent: null })
    const ended = await endUnexecuted(pool, id, { status: 'failed', error })
    successors.push(...(ended?.successors ?? []))
  }
  return successors
}

/**
 * Looks for such runs now and then, for as long as the process lives.
 * @returns a function that stops it and waits for a look that is going
 */
export function keepDeadlines(services: StartServices & { readonly log: Log }): () => Promise<void> {
  let looking: Promise<void> | null = null
  const look = async (): Promise<void> => {
    try {
      for (const successor of await failExpired(services.pool)) await startIfReady(services, successor)
    } catch (error) {
      services.log.warn({ error: String(error) }, 'could not look for runs past their deadline; trying again')
    }
  }
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = null
    })
  }, LOOK_EVERY_MS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await looking
  }
}
