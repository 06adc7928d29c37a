import { type BigIntStats, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { digestInstalledTree } from './install/installed-tree.ts'

/** Files as they were at some moment. */
export interface FileWitness {
  /** Those that were changed, removed or made since, even if they look the same again. */
  changedFiles(): readonly string[]
}

/**
 * Remembers how files are now. Sandboxed code cannot set inode and change time, so that a file which is put back after its
 * change is found out too. A file that only gets another owner (where the service is root, the sandbox hands it over) is
 * held to its modification time alone.
 * @param paths relative to the worktree
 */
export function watchFiles(worktree: string, paths: readonly string[]): FileWitness {
  const look = (path: string) => lstatSync(join(worktree, path), { throwIfNoEntry: false, bigint: true }) ?? null
  const before = paths.map(look)
  return { changedFiles: () => paths.filter((path, index) => differs(before[index] ?? null, look(path))) }
}

/** The installed packages as they were at some moment. */
export interface PackagesWitness {
  /** `node_modules` when anything but the caches in it was changed since, else nothing. */
  changedFolders(): Promise<readonly string[]>
}

/** Remembers how the installed packages are now. */
export async function watchPackages(worktree: string): Promise<PackagesWitness> {
  const before = await digestInstalledTree(worktree)
  return {
    changedFolders: async () => ((await digestInstalledTree(worktree)) === before ? [] : ['node_modules']),
  }
}

function differs(before: BigIntStats | null, after: BigIntStats | null): boolean {
  if (before === null || after === null) return before !== after
  if (before.uid === after.uid && before.ctimeNs !== after.ctimeNs) return true
  return (
    before.ino !== after.ino ||
    before.size !== after.size ||
    before.mode !== after.mode ||
    before.mtimeNs !== after.mtimeNs
  )
}
