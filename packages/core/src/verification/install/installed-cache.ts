import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const MAX_ENTRIES = 8
/** Ranges such as ^5 are resolved anew after a day. */
const MAX_AGE_MS = 24 * 60 * 60_000
const COPY_TIMEOUT_MS = 120_000

/**
 * Copies of node_modules as installations left them. Only installations go in, before anything of a project ran, and
 * sandboxed code never sees the folder, so that no run can leave something there for another one.
 */
export interface InstalledCache {
  /** Whether node_modules were copied into the worktree. */
  restore(key: string, worktree: string): Promise<boolean>
  store(key: string, worktree: string): Promise<void>
}

/** @param directory a folder that the user of sandboxed commands can read */
export function createInstalledCache(directory: string): InstalledCache {
  return {
    async restore(key, worktree) {
      const source = join(directory, key)
      const [entry, owner] = await Promise.all([stat(source).catch(() => null), stat(worktree)])
      if (entry === null) return false
      if (Date.now() - entry.mtimeMs > MAX_AGE_MS) {
        await rm(source, { recursive: true, force: true })
        return false
      }
      const target = join(worktree, 'node_modules')
      try {
        // As the worktree's owner: what is copied belongs to it, and its change times stay from then on.
        const identity = process.getuid?.() === 0 ? { uid: owner.uid, gid: owner.gid } : {}
        await run('cp', ['-RP', source, target], { ...identity, timeout: COPY_TIMEOUT_MS })
        return true
      } catch {
        // The folder may be closed to that user, or full; installing works without it.
        await rm(target, { recursive: true, force: true })
        return false
      }
    },

    async store(key, worktree) {
      const draft = join(directory, `draft-${randomBytes(8).toString('hex')}`)
      try {
        await mkdir(directory, { recursive: true, mode: 0o755 })
        await run('cp', ['-RP', join(worktree, 'node_modules'), draft], { timeout: COPY_TIMEOUT_MS })
        await rename(draft, join(directory, key))
        await prune(directory)
      } catch {
        // Another run was faster with the same key, or the disk is full: a cache that lacks an entry only costs time.
        await rm(draft, { recursive: true, force: true })
      }
    },
  }
}

async function prune(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('draft-'))
  const entries = await Promise.all(
    names.map(async (name) => ({ name, time: (await stat(join(directory, name))).mtimeMs })),
  )
  entries.sort((a, b) => b.time - a.time)
  for (const { name } of entries.slice(MAX_ENTRIES)) await rm(join(directory, name), { recursive: true, force: true })
}
