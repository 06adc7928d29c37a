import { createHash } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Folders directly in node_modules that tools keep their caches in. */
const CACHES = new Set(['.cache', '.vite', '.vite-temp', '.vitest', '.vitest-attachments'])

/**
 * Digest over every entry of node_modules: path, kind, size, inode and change time. The change time cannot be set by
 * the code that runs in the sandbox, so a test framework that was tampered with does not go unseen.
 * @returns null when there is no such folder
 */
export async function digestInstalledTree(worktree: string): Promise<string | null> {
  const hash = createHash('sha256')
  const root = join(worktree, 'node_modules')
  const names = await readdir(root).catch(() => null)
  if (names === null) return null
  for (const name of names.sort()) {
    if (!CACHES.has(name)) await addEntry(hash, join(root, name))
  }
  return hash.digest('hex')
}

async function addEntry(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  const stats = await lstat(path, { bigint: true })
  if (stats.isDirectory()) {
    // A folder's own change time moves with caches inside it; its entries tell all that matters.
    hash.update(`${path}\0folder\n`)
    for (const name of (await readdir(path)).sort()) await addEntry(hash, join(path, name))
  } else {
    hash.update(`${path}\0${stats.mode}\0${stats.size}\0${stats.ino}\0${stats.ctimeNs}\n`)
  }
}
