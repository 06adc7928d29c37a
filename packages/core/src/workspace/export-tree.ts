import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SandboxOwner } from './file-access.ts'
import { runGit, splitNul } from './git.ts'
import { changeOwner } from './ownership.ts'
import { removeFolder } from './remove-folder.ts'
import type { GitPlace } from './snapshot.ts'
import type { ExportOptions, TreeExport } from './workspace.ts'

const EXPORT_NAME = /^export-(\d+)-[0-9a-f]+$/
const CHECKOUT_TIMEOUT_MS = 300_000

/** Exports of this process that are in use. */
const inUse = new Set<string>()

/**
 * Writes the regular files of a tree into a new folder beside the worktree. Links and submodules are left out, so that
 * every path in the folder is what it seems to be.
 */
export async function exportTree(
  { gitDir, workTree }: GitPlace,
  tree: string,
  owner: SandboxOwner | null,
  options: ExportOptions,
): Promise<TreeExport> {
  const { include = () => true, maxFileBytes = Number.POSITIVE_INFINITY, prepare } = options
  const name = `export-${process.pid}-${randomBytes(6).toString('hex')}`
  const path = join(dirname(workTree), name)
  const indexFile = join(gitDir, `index-${name}`)
  const remove = async (): Promise<void> => {
    await removeFolder(path)
    inUse.delete(path)
  }
  inUse.add(path)
  try {
    const { stdout } = await runGit(['ls-tree', '-r', '-l', '-z', '--full-tree', tree], { gitDir })
    const files = splitNul(stdout).flatMap((entry) => {
      const { mode, bytes, path: file } = parseEntry(entry)
      return (mode === '100644' || mode === '100755') && bytes <= maxFileBytes && include(file) ? [file] : []
    })
    await mkdir(path)
    await chmod(path, 0o755)
    const git = { gitDir, workTree: path, indexFile, timeoutMs: CHECKOUT_TIMEOUT_MS }
    await runGit(['read-tree', tree], git)
    await runGit(['checkout-index', '-z', '--stdin'], { ...git, input: files.map((file) => `${file}\0`).join('') })
    await prepare?.(path, files)
    if (owner) await changeOwner(path, owner)
    return { path, files, remove }
  } catch (error) {
    await remove()
    throw error
  } finally {
    await rm(indexFile, { force: true })
    await rm(`${indexFile}.lock`, { force: true })
  }
}

/** Removes exports in a run's folder that nobody uses any more: their process was killed. */
export async function removeAbandonedExports(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const processId = Number(EXPORT_NAME.exec(name)?.[1] ?? Number.NaN)
    if (Number.isNaN(processId)) continue
    const path = join(folder, name)
    const isInUse = processId === process.pid ? inUse.has(path) : isAlive(processId)
    if (!isInUse) await removeFolder(path)
  }
}

function parseEntry(entry: string): { readonly mode: string; readonly bytes: number; readonly path: string } {
  const tab = entry.indexOf('\t')
  const [mode = '', , , bytes = ''] = entry.slice(0, tab).split(/ +/)
  return { mode, bytes: Number(bytes), path: entry.slice(tab + 1) }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // every failure of kill has a code
  }
}
