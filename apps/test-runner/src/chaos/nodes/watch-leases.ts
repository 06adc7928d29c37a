import { setTimeout as delay } from 'node:timers/promises'
import type { ClusterDatabase } from './cluster-database.ts'

/** When leases went. */
export interface LeaseWatch {
  /** By node: when its lease was seen to be gone (ms since 1970), since its runs were taken over or it ended well. */
  readonly goneAt: ReadonlyMap<string, number>
  stop(): Promise<void>
}

const POLL_MS = 200

/** Looks at the leases of all nodes several times a second. */
export function watchLeases(database: Pick<ClusterDatabase, 'query'>): LeaseWatch {
  const seen = new Set<string>()
  const goneAt = new Map<string, number>()
  let isStopped = false
  const watch = async (): Promise<void> => {
    while (!isStopped) {
      const rows = await database.query<{ id: string }>('SELECT id FROM codex.nodes')
      const living = new Set(rows.map(({ id }) => id))
      for (const id of seen) if (!living.has(id) && !goneAt.has(id)) goneAt.set(id, Date.now())
      for (const id of living) seen.add(id)
      await delay(POLL_MS)
    }
  }
  const watching = watch()
  watching.catch(() => {}) // told by stop
  return {
    goneAt,
    async stop() {
      isStopped = true
      await watching
    },
  }
}
