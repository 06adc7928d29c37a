import type { Pool } from 'pg'
import type { Log } from '../../logging/log.ts'
import { findExpiredRuns, removeRuns } from '../../store/remove-runs.ts'
import type { WorkspaceManager } from '../../workspace/workspace.ts'
import type { Engine } from '../engine.ts'

export interface RetentionSettings {
  readonly pool: Pool
  readonly workspaces: Pick<WorkspaceManager, 'remove'>
  readonly engine: Pick<Engine, 'forget'>
  readonly log: Log
}

const BATCH = 100

/**
 * Removes every run that ended longer ago than so many days and that no going run needs: rows first, then files of this
 * machine. Files whose run is gone are found by their folder, on whichever node they are.
 * @returns how many were removed
 */
export async function removeExpired(settings: RetentionSettings, days: number, signal?: AbortSignal): Promise<number> {
  const { pool, workspaces, engine, log } = settings
  let removed = 0
  while (signal?.aborted !== true) {
    const ids = await removeRuns(pool, await findExpiredRuns(pool, days, BATCH))
    if (ids.length === 0) break
    await engine.forget(ids)
    for (const id of ids) await workspaces.remove(id, { everything: true })
    removed += ids.length
  }
  if (removed > 0) log.info({ removed }, 'removed old runs')
  return removed
}
