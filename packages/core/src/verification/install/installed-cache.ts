import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

const MAX_ENTRIES = 8
/** Ranges such as ^5 are resolved anew after a day. */
const MAX_AGE_MS = 24 * 60 * 60_000
const TAR_TIMEOUT_MS = 120_000

/** An archive that packages were unpacked from. */
export interface InstalledArchive {
  /** sha256 (hex) of the archive. */
  readonly digest: string
  /** When it was made out of an installation from the registry, as ISO 8601. */
  readonly storedAt: string
}

/**
 * Archives of node_modules as installations left them: packing takes a fifth of a second, unpacking what the file system
 * needs for some thousand files. Only installations go in, before anything of a project ran, and
 * sandboxed code never sees the folder, so that no run can leave something there for another one.
 */
export interface InstalledCache {
  /**
   * Copies node_modules into the worktree.
   * @param age `any` also takes an archive older than a day, for when the registry cannot be reached
   * @returns null when there was nothing to copy
   */
  restore(key: string, worktree: string, age: 'fresh' | 'any'): Promise<InstalledArchive | null>
  store(key: string, worktree: string): Promise<void>
}

/** @param directory a folder of the service's own */
export function createInstalledCache(directory: string): InstalledCache {
  return {
    async restore(key, worktree, age) {
      const entry = await findEntry(directory, key)
      const archive = entry === null ? null : await open(join(directory, entry.name)).catch(() => null)
      if (entry === null || archive === null) return null
      try {
        const [{ mtime }, owner] = await Promise.all([archive.stat(), stat(worktree)])
        if (age === 'fresh' && Date.now() - mtime.getTime() > MAX_AGE_MS) return null
        // As the worktree's owner: what is unpacked belongs to it, and its change times stay from then on.
        const identity = process.getuid?.() === 0 ? { uid: owner.uid, gid: owner.gid } : {}
        if (await tar(['-xf', '-', '-C', worktree], { input: archive.fd, ...identity })) {
          await utimes(join(directory, entry.name), new Date(), mtime).catch(() => undefined) // lost to a pruning
          return { digest: entry.digest, storedAt: mtime.toISOString() }
        }
        // The disk may be full; installing says so better.
        await rm(join(worktree, 'node_modules'), { recursive: true, force: true })
        return null
      } finally {
        await archive.close()
      }
    },

    async store(key, worktree) {
      const draft = join(directory, `draft-${randomBytes(8).toString('hex')}`)
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 })
        if (!(await tar(['-cf', draft, '-C', worktree, 'node_modules'], {}))) return
        const before = await findEntry(directory, key)
        const name = `${key}.${await digestFile(draft)}`
        await rename(draft, join(directory, name))
        if (before !== null && before.name !== name) await rm(join(directory, before.name), { force: true })
        await prune(directory)
      } finally {
        await rm(draft, { force: true })
      }
    },
  }
}

async function findEntry(
  directory: string,
  key: string,
): Promise<{ readonly name: string; readonly digest: string } | null> {
  const names = await readdir(directory).catch(() => [])
  const name = names.find((candidate) => candidate.startsWith(`${key}.`))
  return name === undefined ? null : { name, digest: name.slice(key.length + 1) }
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path)
  try {
    for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk)
  } finally {
    await file.close()
  }
  return hash.digest('hex')
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

/** Keeps those that were used last. */
async function prune(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('draft-'))
  const entries = await Promise.all(
    names.map(async (name) => ({ name, time: (await stat(join(directory, name))).atimeMs })),
  )
  entries.sort((a, b) => b.time - a.time)
  for (const { name } of entries.slice(MAX_ENTRIES)) await rm(join(directory, name), { force: true })
}
