import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/** User that sandboxed code runs as when the service runs as root; in the range that distributions leave unassigned. */
export const SANDBOX_UID = 65_530

/** The identity that sandboxed code gets on the host; null when it is the service's own (the service is not root). */
export function sandboxIdentity(): number | null {
  return process.getuid?.() === 0 ? SANDBOX_UID : null
}

/**
 * The first folder above `path` that a user cannot pass through, or null when all can be passed.
 * @param uid null for the service's own user, which needs no check
 */
export function findClosedFolder(path: string, uid: number | null): string | null {
  if (uid === null) return null
  const folders: string[] = []
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    folders.unshift(folder)
    if (folder === dirname(folder)) break
  }
  return folders.find((folder) => !isPassable(folder, uid)) ?? null
}

function isPassable(folder: string, uid: number): boolean {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) return false
  if (stats.uid === uid) return (stats.mode & 0o100) !== 0
  if (stats.gid === uid) return (stats.mode & 0o010) !== 0
  return (stats.mode & 0o001) !== 0
}
