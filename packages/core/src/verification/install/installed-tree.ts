import { createHash } from 'node:crypto'
import { lstatSync, readdirSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
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

const SLICE_MS = 8

/**
 * Digest over every entry of node_modules: path, kind, size, inode and change time. The change time cannot be set by
 * the code that runs in the sandbox, so a test framework that was tampered with does not go unseen. Pauses every 8 ms to
 * leave the event loop to others.
 * @returns null when there is no such folder
 */
export async function digestInstalledTree(worktree: string): Promise<string | null> {
  const root = join(worktree, 'node_modules')
  if (lstatSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) return null
  const hash = createHash('sha256')
  const pending = readdirSync(root)
    .filter((name) => !isCache(name))
    .sort()
  let sliceEnd = performance.now() + SLICE_MS
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const stats = lstatSync(join(root, path), { bigint: true })
    if (stats.isDirectory()) {
      // Its own change time moves too when it is put aside for another one and comes back.
      for (const name of readdirSync(join(root, path)).sort()) pending.push(`${path}/${name}`)
      hash.update(`${path}\0folder\0${stats.ino}\0${stats.ctimeNs}\n`)
    } else {
      hash.update(`${path}\0${stats.mode}\0${stats.size}\0${stats.ino}\0${stats.ctimeNs}\n`)
    }
    if (performance.now() > sliceEnd) {
      await new Promise((resolve) => setImmediate(resolve))
      sliceEnd = performance.now() + SLICE_MS
    }
  }
  return hash.digest('hex')
}
