import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const MAX_ENTRIES = 8
/** Ranges such as ^5 are resolved anew after a day. */
const MAX_AGE_MS = 24 * 60 * 60_000
const TAR_TIMEOUT_MS = 120_000

/**
 * Archives of node_modules as installations left them: packing takes a fifth of a second, unpacking what the file system
 * needs for some thousand files. Only installations go in, before anything of a project ran, and
 * sandboxed code never sees the folder, so that no run can leave something there for another one.
 */
export interface InstalledCache {
  /** Whether node_modules were copied into the worktree. */
  restore(key: string, worktree: string): Promise<boolean>
  store(key: string, worktree: string): Promise<void>
}

/** @param directory a folder of the service's own */
export function createInstalledCache(directory: string): InstalledCache {
  return {
    async restore(key, worktree) {
      const archive = await open(join(directory, key)).catch(() => null)
      if (archive === null) return false
      try {
        const [{ mtimeMs }, owner] = await Promise.all([archive.stat(), stat(worktree)])
        if (Date.now() - mtimeMs > MAX_AGE_MS) {
          await rm(join(directory, key), { force: true })
          return false
        }
        // As the worktree's owner: what is unpacked belongs to it, and its change times stay from then on.
        const identity = process.getuid?.() === 0 ? { uid: owner.uid, gid: owner.gid } : {}
        if (await tar(['-xf', '-', '-C', worktree], { input: archive.fd, ...identity })) return true
        // The disk may be full; installing says so better.
        await rm(join(worktree, 'node_modules'), { recursive: true, force: true })
        return false
      } finally {
        await archive.close()
      }
    },

    async store(key, worktree) {
      const draft = join(directory, `draft-${randomBytes(8).toString('hex')}`)
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 })
        if (!(await tar(['-cf', draft, '-C', worktree, 'node_modules'], {}))) return
        await rename(draft, join(directory, key))
        await prune(directory)
      } finally {
        await rm(draft, { force: true })
      }
    },
  }
}

/** Whether tar ended well; a cache that lacks an entry only costs time, so that nothing more is said. */
function tar(
  args: readonly string[],
  { input, ...identity }: { readonly input?: number; readonly uid?: number; readonly gid?: number },
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('tar', args, {
      ...identity,
      stdio: [input ?? 'ignore', 'ignore', 'ignore'],
      timeout: TAR_TIMEOUT_MS,
    })
    child.once('error', () => resolve(false)).once('close', (code) => resolve(code === 0))
  })
}

async function prune(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('draft-'))
  const entries = await Promise.all(
    names.map(async (name) => ({ name, time: (await stat(join(directory, name))).mtimeMs })),
  )
  entries.sort((a, b) => b.time - a.time)
  for (const { name } of entries.slice(MAX_ENTRIES)) await rm(join(directory, name), { force: true })
}
