import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CodexError } from '@codex/protocol'
import { onDisk } from './disk-trouble.ts'
import { removeAbandonedExports } from './export-tree.ts'
import { removeFolder } from './remove-folder.ts'
import type { GitPlace } from './snapshot.ts'
import type { LocalWorkspace } from './workspace.ts'

export interface RunPlace extends GitPlace {
  /** Holds the git directory, the worktree and exports. */
  readonly folder: string
  /** There when objects of the run are nowhere else. */
  readonly onlyHere: string
}

export interface WorkspaceFolders {
  placeOf(runId: string): RunPlace
  /** Where trees are read from that were rebuilt for reading only. */
  readingPlaceOf(runId: string): RunPlace
  /** Makes the folder of a run. */
  prepare(place: RunPlace): Promise<void>
  /** Builds a folder under another name and renames it: whoever finds the final name finds it complete. */
  build(place: RunPlace, target: string, make: (draft: string) => Promise<void>): Promise<void>
  inScratch<Result>(use: (folder: string) => Promise<Result>): Promise<Result>
  list(): Promise<readonly LocalWorkspace[]>
}

/** No run id has this. */
const READING_SUFFIX = '.read'
const NODE_FILE = 'node'
const ONLY_HERE_FILE = 'only-here'

/** Marks the folder of a worktree: objects of the run are nowhere else. */
export function onlyHereFile(workTree: string): string {
  return join(dirname(workTree), ONLY_HERE_FILE)
}

/**
 * Where runs have their folders.
 *
 * @param isShared whether the sandbox's user has to pass through them
 * @param node written into each folder, so that nodes with one disk know whose it is
 */
export function createWorkspaceFolders(rootDir: string, isShared: boolean, node: string | null): WorkspaceFolders {
  const place = (runId: string, name: string): RunPlace => {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(runId)) {
      throw new CodexError('WORKSPACE_ERROR', `${JSON.stringify(runId)} is not a run id.`, { retryable: false })
    }
    const folder = join(rootDir, name)
    return {
      folder,
      gitDir: join(folder, 'git'),
      workTree: join(folder, 'tree'),
      onlyHere: join(folder, ONLY_HERE_FILE),
    }
  }
  return {
    placeOf: (runId) => place(runId, runId),
    readingPlaceOf: (runId) => place(runId, `${runId}${READING_SUFFIX}`),
    async prepare({ folder }) {
      await onDisk(folder, async () => {
        await mkdir(folder, { recursive: true })
        // the sandbox's user passes through here to the worktree; the git directory itself is closed to it
        await chmod(folder, isShared ? 0o711 : 0o700)
        if (node !== null) await writeFile(join(folder, NODE_FILE), node)
        await utimes(folder, new Date(), new Date()) // it is in use
      })
      await removeAbandonedExports(folder)
    },
    async build({ folder }, target, make) {
      const draft = join(folder, `draft-${randomBytes(6).toString('hex')}`)
      try {
        await onDisk(folder, async () => {
          await make(draft)
          await rename(draft, target)
        })
      } catch (error) {
        // another open of the same run was faster; its folder is as good
        if (!existsSync(target)) throw error
      } finally {
        await removeFolder(draft)
      }
    },
    async inScratch(use) {
      // looks like a run that nobody knows: what a killed process leaves is removed as such
      const folder = join(rootDir, `scratch-${randomBytes(8).toString('hex')}`)
      await onDisk(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }))
      try {
        return await use(join(folder, 'git'))
      } finally {
        await removeFolder(folder)
      }
    },
    async list() {
      const names = await readdir(rootDir).catch(() => [] as string[])
      const found: LocalWorkspace[] = []
      for (const name of names) {
        const folder = join(rootDir, name)
        const stats = await stat(folder).catch(() => null)
        if (stats === null) continue
        const isForReading = name.endsWith(READING_SUFFIX)
        const runId = isForReading ? name.slice(0, -READING_SUFFIX.length) : name
        const owner = await readFile(join(folder, NODE_FILE), 'utf8').catch(() => null)
        const isOnlyHere = existsSync(join(folder, ONLY_HERE_FILE))
        found.push({ runId, node: owner, changedAt: stats.mtime, isForReading, isOnlyHere })
      }
      return found
    },
  }
}
