import { createHash } from 'node:crypto'
import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Hidden entries of node_modules that package managers make; the others are caches of tools. */
const NOT_CACHES = new Set(['.bin', '.pnpm', '.package-lock.json', '.modules.yaml', '.yarn-integrity'])

const isCache = (name: string) => name.startsWith('.') && !NOT_CACHES.has(name)

/**
 * Removes what tools cached in node_modules. A cache of transformed sources is code that the next run would execute, so
 * it must not be handed on by what ran before.
 */
export async function removeToolCaches(worktree: string): Promise<void> {
  const root = join(worktree, 'node_modules')
  const names = await readdir(root).catch(() => [])
  for (const name of names.filter(isCache)) await rm(join(root, name), { recursive: true, force: true })
}

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
    if (!isCache(name)) await addEntry(hash, join(root, name))
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
