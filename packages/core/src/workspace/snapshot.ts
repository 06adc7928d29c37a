import { randomBytes } from 'node:crypto'
import { copyFile, lstat, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CodexError } from '@codex/protocol'
import { runGit, splitNul } from './git.ts'
import { DIFF_ARGUMENTS } from './hardening.ts'
import { openUp } from './ownership.ts'

/** A run's git directory, out of the run's reach, and its worktree. */
export interface GitPlace {
  readonly gitDir: string
  readonly workTree: string
}

/** The index that mirrors the worktree between snapshots, so that unchanged files are not read again. */
export function indexOf({ gitDir }: GitPlace): string {
  return join(gitDir, 'index')
}

/**
 * Brings the index up to the worktree's state and writes its tree: tracked files as they are, untracked ones unless
 * ignored. Git directories that a run planted in subfolders are deleted first: git would record such a folder as a link
 * to another repository and hide its files. FIFOs, sockets and devices are no part of a tree.
 *
 * @returns hash of the tree
 * @throws CodexError WORKSPACE_ERROR when a file cannot be read
 */
export async function snapshotTree(place: GitPlace): Promise<string> {
  return await takeSnapshot(place).catch(async (error: unknown) => {
    if (!/Permission denied/.test(String(error))) throw error
    // a command may have taken the rights from files that it made; the owner of the worktree can give them back
    await openUp(place.workTree)
    return await takeSnapshot(place)
  })
}

async function takeSnapshot(place: GitPlace): Promise<string> {
  return await withDraftIndex(place, async (indexFile) => {
    const git = { ...place, indexFile }
    const untracked = await listUntracked(git)
    const { present, gone } = await listChanged(git)
    if (gone.length > 0) {
      await runGit(['update-index', '--force-remove', '-z', '--stdin'], { ...git, input: joinNul(gone) })
    }
    if (present.length + untracked.length > 0) {
      // --replace: a file may have become a folder, or the other way round
      const args = ['update-index', '--add', '--replace', '-z', '--stdin'] as const
      await runGit(args, { ...git, input: joinNul([...present, ...untracked]) })
    }
    return (await runGit(['write-tree'], git)).stdout.toString().trim()
  })
}

/**
 * Makes the worktree equal to a tree. Ignored files stay unless a file of the tree needs their place.
 * The caller must have taken a snapshot right before, so that the index knows every file that may have to go.
 */
export async function checkOutTree(place: GitPlace, tree: string): Promise<void> {
  await withDraftIndex(place, async (indexFile) => {
    await runGit(['read-tree', '--reset', '-u', tree], { ...place, indexFile, timeoutMs: 300_000 })
  })
}

/** Works on a copy of the index, which replaces it at the end: a killed command leaves neither a lock nor half an index. */
async function withDraftIndex<Result>(place: GitPlace, use: (indexFile: string) => Promise<Result>): Promise<Result> {
  const draft = join(place.gitDir, `index-${randomBytes(6).toString('hex')}`)
  try {
    await copyFile(indexOf(place), draft).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error // the first checkout starts without an index
    })
    const result = await use(draft)
    await rename(draft, indexOf(place))
    return result
  } finally {
    await rm(draft, { force: true })
    await rm(`${draft}.lock`, { force: true })
  }
}

async function listUntracked(git: GitPlace & { readonly indexFile: string }): Promise<string[]> {
  while (true) {
    const { stdout, stderr } = await runGit(['ls-files', '--others', '--exclude-standard', '-z'], git)
    // git goes on without a folder that it cannot read; its files would be missing without a word
    if (stderr.includes('could not open directory')) throw new CodexError('WORKSPACE_ERROR', stderr.trim())
    const paths = splitNul(stdout)
    // git lists a folder that holds a repository as `folder/` and does not look inside
    const repositories = paths.filter((path) => path.endsWith('/'))
    if (repositories.length === 0) return paths
    for (const folder of repositories) {
      await rm(join(git.workTree, folder, '.git'), { recursive: true, force: true })
    }
  }
}

/** Tracked paths that differ from the index. */
async function listChanged(
  git: GitPlace & { readonly indexFile: string },
): Promise<{ readonly present: readonly string[]; readonly gone: readonly string[] }> {
  const { stdout } = await runGit(['diff-files', '--name-status', '-z', ...DIFF_ARGUMENTS], git)
  const fields = splitNul(stdout)
  const present: string[] = []
  const gone: string[] = []
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const path = fields[index + 1] ?? ''
    // git says D also of a path that a link on its way now leads elsewhere
    const stats = fields[index] === 'D' ? null : await lstat(join(git.workTree, path)).catch(() => null)
    if (stats?.isFile() || stats?.isSymbolicLink()) present.push(path)
    else gone.push(path)
  }
  return { present, gone }
}

function joinNul(paths: readonly string[]): string {
  return paths.map((path) => `${path}\0`).join('')
}
