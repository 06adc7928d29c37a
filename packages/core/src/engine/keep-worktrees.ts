import type { Pool } from 'pg'
import type { Log } from '../logging/log.ts'
import type { WorkspaceManager } from '../workspace/workspace.ts'

export interface KeepWorktreesSettings {
  readonly pool: Pool
  readonly node: string
  readonly workspaces: Pick<WorkspaceManager, 'list' | 'remove'>
  /** Runs that this process is executing now. */
  readonly going: () => readonly string[]
  readonly log: Log
}

const EVERY_MS = 300_000
/** What was made just now may belong to a run that is being taken over. */
const YOUNG_MS = 60_000
/** Trees that were rebuilt to be read, and scratch folders, are used for minutes. */
const UNKNOWN_MS = 3_600_000
const RUN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const STATES = `SELECT id::text, status IN ('completed', 'failed', 'cancelled') AS has_ended FROM codex.runs
  WHERE id = ANY($1::uuid[])`
const ALIVE = `SELECT id FROM codex.nodes WHERE expires_at > now() AND id <> $1`

/**
 * Removes worktrees that nobody needs any more, now and then for as long as the process lives: of runs that have ended, were
 * removed, wait, or are executed by another node by now. Everything in them can be rebuilt.
 * @returns a function that stops it and waits for a removal that is going
 */
export function keepWorktrees(settings: KeepWorktreesSettings): () => Promise<void> {
  let removing: Promise<void> = Promise.resolve()
  const remove = (): void => {
    removing = removing.then(async () => {
      await removeUnneeded(settings).catch((error: unknown) => {
        settings.log.warn({ error: String(error) }, 'could not remove worktrees; trying again later')
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

/** @returns the runs whose folders were removed, or made smaller */
export async function removeUnneeded(settings: KeepWorktreesSettings, now = Date.now()): Promise<readonly string[]> {
  const { pool, node, workspaces, going, log } = settings
  const local = await workspaces.list()
  if (local.length === 0) return []
  const ids = local.map(({ runId }) => runId).filter((id) => RUN_ID.test(id))
  const [states, alive] = await Promise.all([
    pool.query<{ id: string; has_ended: boolean }>(STATES, [ids]),
    pool.query<{ id: string }>(ALIVE, [node]),
  ])
  const hasEnded = new Map(states.rows.map((row) => [row.id, row.has_ended]))
  const others = new Set(alive.rows.map((row) => row.id))
  const removed: string[] = []
  for (const { runId, node: owner, changedAt, isForReading, isOnlyHere } of local) {
    const ageMs = now - changedAt.getTime()
    const isKnown = hasEnded.has(runId)
    // a node that shares the disk is at work there
    if (owner !== null && others.has(owner) && hasEnded.get(runId) === false) continue
    if (ageMs < (isForReading || !isKnown ? UNKNOWN_MS : YOUNG_MS) || going().includes(runId)) continue
    await workspaces.remove(runId, { everything: !(isKnown && isOnlyHere) })
    removed.push(runId)
  }
  if (removed.length > 0) log.info({ removed: removed.length }, 'removed worktrees that no run needs any more')
  return removed
}
