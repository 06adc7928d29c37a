import type { Pool } from 'pg'
import { removeUnused } from '../../store/remove-unused.ts'
import { createCompaction } from './compaction.ts'
import { forgetEndedWorkflows } from './forget-workflows.ts'
import { type RetentionSettings, removeExpired } from './retention.ts'

export interface HousekeepingSettings extends RetentionSettings {
  /** Runs that ended longer ago are removed; null keeps everything. */
  readonly retentionDays: number | null
  /** Runs that ended longer ago are packed; null packs none. */
  readonly compactAfterHours: number | null
}

const EVERY_MS = 600_000
/** Any constant that nobody else in the database uses. */
const LOCK = 7_204_511_003

/**
 * Packs and removes what has ended now and then, for as long as the process lives. Of many nodes one does it at a time.
 * @returns a function that stops it and waits for what is going
 */
export function keepHouse(settings: HousekeepingSettings): () => Promise<void> {
  const stopping = new AbortController()
  const compaction =
    settings.compactAfterHours === null ? null : createCompaction(settings.pool, settings.compactAfterHours)
  let working: Promise<void> = Promise.resolve()
  const work = () => {
    working = working.then(async () => {
      if (stopping.signal.aborted) return
      await alone(settings.pool, async () => {
        if (settings.retentionDays !== null) await removeExpired(settings, settings.retentionDays, stopping.signal)
        await compaction?.run(stopping.signal)
        await forgetEndedWorkflows(settings, Date.now(), stopping.signal)
        await removeUnused(settings.pool)
      }).catch((error: unknown) => {
        settings.log.warn({ error: String(error) }, 'could not clean up; trying again later')
      })
    })
  }
  work()
  const timer = setInterval(work, EVERY_MS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    stopping.abort()
    await working
  }
}

/**
 * Does something unless another node is at it. The right to do it is a lock of the database's session: it ends with the
 * connection, whatever ends that, and what is done twice then is harmless.
 * @returns false when another node is at it
 */
export async function alone(pool: Pool, work: () => Promise<void>): Promise<boolean> {
  const client = await pool.connect()
  let isBroken = true
  try {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK])
    const isLocked = rows[0]?.locked === true
    if (isLocked) {
      await work()
      await client.query('SELECT pg_advisory_unlock($1)', [LOCK])
    }
    isBroken = false
    return isLocked
  } finally {
    client.release(isBroken) // a connection that may still hold the lock is closed
  }
}
