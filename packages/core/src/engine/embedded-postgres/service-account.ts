import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Who the Postgres processes run as; empty when that is simply the service's own user. */
export interface ServiceAccount {
  readonly uid?: number
  readonly gid?: number
}

/** `nobody` on the systems we support: Postgres refuses to run as root. */
const UNPRIVILEGED_ID = 65534

/**
 * Chooses the user of the Postgres processes. Only root has to change: it takes the owner of an existing cluster (so
 * that a folder made by an ordinary user keeps working for that user), else `nobody`.
 *
 * @param clusterDir absolute path of the cluster; need not exist
 */
export function chooseAccount(clusterDir: string): ServiceAccount {
  if (process.getuid?.() !== 0) return {}
  if (existsSync(clusterDir)) {
    const { uid, gid } = statSync(clusterDir)
    if (uid !== 0) return { uid, gid }
  }
  return { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID }
}

/**
 * The outermost folder on the way to a path that the account may not pass, or null when it can reach the path.
 * Looks at mode bits only: a folder opened by an access control list counts as closed.
 */
export function findClosedFolder(path: string, account: ServiceAccount): string | null {
  const { uid, gid } = account
  if (uid === undefined || gid === undefined) return null
  const ancestors: string[] = []
  for (let current = resolve(path); ; current = dirname(current)) {
    ancestors.unshift(current)
    if (current === dirname(current)) break
  }
  const closed = ancestors.find((folder) => {
    const stats = statSync(folder)
    const executeBit = stats.uid === uid ? 0o100 : stats.gid === gid ? 0o010 : 0o001
    return (stats.mode & executeBit) === 0
  })
  return closed ?? null
}
