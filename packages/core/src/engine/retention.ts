import type { Pool } from 'pg'
import type { Log } from '../logging/log.ts'
import type { WorkspaceManager } from '../workspace/workspace.ts'
import type { Engine } from './engine.ts'

export interface RetentionSettings {
  readonly pool: Pool
  /** Runs that ended longer ago are removed; null keeps everything. */
  readonly days: number | null
  readonly workspaces: Pick<WorkspaceManager, 'remove'>
  readonly engine: Pick<Engine, 'forget'>
  readonly log: Log
}

const EVERY_MS = 3_600_000
const BATCH = 100

const EXPIRED = `SELECT id FROM codex.runs
  WHERE status IN ('completed', 'failed', 'cancelled') AND ended_at < now() - $1::int * interval '1 day'
  ORDER BY id LIMIT ${BATCH}`

// steps, events and calls go with their run; contents of artifacts only when no other step has them
const UNUSED_ARTIFACTS = `DELETE FROM codex.artifacts a WHERE a.created_at < now() - interval '1 day'
  AND NOT EXISTS (SELECT 1 FROM codex.steps s, jsonb_each_text(s.artifacts) e WHERE e.value = a.digest)`

/**
 * Removes old runs now and then, for as long as the process lives.
 * @returns a function that stops it and waits for a removal that is going
 */
export function keepRetention(settings: RetentionSettings): () => Promise<void> {
  if (settings.days === null) return async () => {}
  let removing: Promise<void> = Promise.resolve()
  const remove = () => {
    removing = removing.then(async () => {
      await removeExpired(settings).catch((error: unknown) => {
        settings.log.warn({ error: String(error) }, 'could not remove old runs; trying again later')
      })
    })
  }
  remove()
  const timer = setInterval(remove, EVERY_MS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await removing
  }
}

/**
 * Removes every run that ended longer ago than the limit: its files first, then its rows, so that nothing is left
 * behind that nobody knows of.
 * @returns how many were removed
 */
export async function removeExpired(settings: RetentionSettings): Promise<number> {
  const { pool, days, workspaces, engine, log } = settings
  let removed = 0
  for (;;) {
    const expired = await pool.query<{ id: string }>(EXPIRED, [days])
    const ids = expired.rows.map((row) => row.id)
    if (ids.length === 0) break
    for (const id of ids) await workspaces.remove(id, { everything: true })
    await engine.forget(ids)
    await pool.query('DELETE FROM codex.runs WHERE id = ANY($1::uuid[])', [ids])
    removed += ids.length
  }
  if (removed > 0) {
    await pool.query(UNUSED_ARTIFACTS)
    log.info({ removed }, 'removed old runs')
  }
  return removed
}
