import { existsSync } from 'node:fs'
import { CodexError } from '@codex/protocol'
import { DEFAULT_EXCLUDES } from './default-excludes.ts'
import { diffTrees, patchTrees } from './diff.ts'
import { exportTree } from './export-tree.ts'
import {
  decodeText,
  deleteWorktreeFile,
  readWorktreeFile,
  type SandboxOwner,
  writeWorktreeFile,
} from './file-access.ts'
import { runGit, splitNul } from './git.ts'
import { changeOwner } from './ownership.ts'
import { searchFiles } from './search.ts'
import { checkOutTree, type GitPlace, indexOf, snapshotTree } from './snapshot.ts'
import { BASE_REF } from './source.ts'
import type { Snapshot, Workspace } from './workspace.ts'
import { splitWorktreePath } from './worktree-path.ts'

const DEFAULT_MAX_FILE_BYTES = 1_000_000

/** The branch that holds a run's commits. */
export function branchOf(runId: string): string {
  return `refs/heads/codex/run/${runId}`
}

/**
 * The {@link Workspace} over one run's git directory and worktree. Operations are done one after another, since each
 * snapshot builds on the index of the one before.
 *
 * @param owner who must own what is written into the worktree; null for the service's own user
 */
export async function openGitWorkspace(runId: string, place: GitPlace, owner: SandboxOwner | null): Promise<Workspace> {
  const { gitDir, workTree } = place
  const baseTree = await resolveTree(gitDir, BASE_REF)
  let last: Promise<unknown> = Promise.resolve()

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = last.then(work, work)
    last = result.catch(() => undefined) // the caller gets the error; the next in turn must not
    return result
  }
  function onWorktree<Result>(work: () => Promise<Result>): Promise<Result> {
    return inTurn(() => {
      if (!existsSync(workTree)) {
        throw new CodexError('WORKSPACE_ERROR', `The worktree of run ${runId} was removed. Open the workspace again.`)
      }
      return work()
    })
  }

  return {
    runId,
    worktree: workTree,
    baseTree,
    listFiles: (options = {}) =>
      onWorktree(async () => {
        await snapshotTree(place)
        const { stdout } = await runGit(['ls-files', '--stage', '-z'], { ...place, indexFile: indexOf(place) })
        return parseEntries(stdout)
          .filter((path) => path.startsWith(options.prefix ?? ''))
          .slice(0, options.limit)
      }),
    listIgnoredFiles: (options = {}) =>
      onWorktree(async () => {
        const args = ['ls-files', '--others', '-z', '--exclude-per-directory=.gitignore', '--ignored'] as const
        const { stdout } = await runGit(args, { ...place, indexFile: indexOf(place) })
        const left = splitNul(stdout).filter((path) => !isLeftByTools(path))
        return left.slice(0, options.limit)
      }),
    readFile: (path, options = {}) =>
      onWorktree(() => readWorktreeFile(workTree, path, options.maxBytes ?? DEFAULT_MAX_FILE_BYTES)),
    writeFile: (path, content) => onWorktree(() => writeWorktreeFile(workTree, path, content, owner)),
    editFile: (path, search, replacement) =>
      onWorktree(async () => {
        const content = await readWorktreeFile(workTree, path, DEFAULT_MAX_FILE_BYTES)
        await writeWorktreeFile(workTree, path, replaceOnce(path, content, search, replacement), owner)
      }),
    deleteFile: (path) => onWorktree(() => deleteWorktreeFile(workTree, path)),
    search: (query, options) =>
      onWorktree(async () => {
        if (query === '')
          throw new CodexError('WORKSPACE_ERROR', 'The text to search for is empty.', { retryable: false })
        await snapshotTree(place)
        return await searchFiles(place, query, options)
      }),
    treeHash: () => onWorktree(() => snapshotTree(place)),
    commit: (message) =>
      onWorktree(async () => await commitTree(gitDir, branchOf(runId), await snapshotTree(place), message)),
    restore: (tree) =>
      onWorktree(async () => {
        const target = await resolveTree(gitDir, checkHash(tree))
        if ((await snapshotTree(place)) === target) return
        await checkOutTree(place, target)
        if (owner) await changeOwner(workTree, owner)
      }),
    diff: (fromTree, toTree) => inTurn(() => diffTrees(gitDir, checkHash(fromTree), checkHash(toTree))),
    patch: (fromTree, toTree) => inTurn(() => patchTrees(gitDir, checkHash(fromTree), checkHash(toTree))),
    listFilesAt: (tree, options = {}) =>
      inTurn(async () => {
        const { stdout } = await runGit(['ls-tree', '-r', '-z', '--full-tree', checkHash(tree)], { gitDir })
        return parseEntries(stdout).slice(0, options.limit)
      }),
    readFileAt: (tree, path) => inTurn(() => readBlob(gitDir, checkHash(tree), path)),
    exportTree: (tree, options = {}) => onWorktree(() => exportTree(place, checkHash(tree), owner, options)),
  }
}

async function commitTree(gitDir: string, branch: string, tree: string, message: string): Promise<Snapshot> {
  const parent = (await runGit(['rev-parse', '--verify', branch], { gitDir })).stdout.toString().trim()
  if ((await resolveTree(gitDir, branch)) === tree) return { tree, commit: parent }
  const result = await runGit(['commit-tree', tree, '-p', parent, '-F', '-'], { gitDir, input: message || 'Change' })
  const commit = result.stdout.toString().trim()
  // the former value is compared: nobody else's commit can be lost
  await runGit(['update-ref', branch, commit, parent], { gitDir })
  return { tree, commit }
}

/** Paths of `ls-files --stage -z` and `ls-tree -z`; links to other repositories (submodules) are no files. */
function parseEntries(output: Buffer): string[] {
  return splitNul(output)
    .filter((entry) => !entry.startsWith('160000 '))
    .map((entry) => entry.slice(entry.indexOf('\t') + 1))
}

async function readBlob(gitDir: string, tree: string, path: string): Promise<string> {
  const wanted = splitWorktreePath(path).join('/')
  const { stdout } = await runGit(['ls-tree', '-z', '--full-tree', tree, '--', wanted], { gitDir })
  const [entry] = splitNul(stdout)
  const [mode, , hash] = entry?.split(/[ \t]/) ?? []
  if (!hash || (mode !== '100644' && mode !== '100755')) {
    throw new CodexError('WORKSPACE_ERROR', `There is no regular file ${JSON.stringify(path)} in the tree ${tree}.`, {
      retryable: false,
    })
  }
  return decodeText((await runGit(['cat-file', 'blob', hash], { gitDir })).stdout, path)
}

async function resolveTree(gitDir: string, revision: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--end-of-options', `${revision}^{tree}`] as const
  return (await runGit(args, { gitDir })).stdout.toString().trim()
}

function checkHash(tree: string): string {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(tree)) return tree
  throw new CodexError('WORKSPACE_ERROR', `${JSON.stringify(tree)} is not a tree hash.`, { retryable: false })
}

function replaceOnce(path: string, content: string, search: string, replacement: string): string {
  const first = search === '' ? -1 : content.indexOf(search)
  const isUnique = first >= 0 && content.indexOf(search, first + 1) < 0
  if (!isUnique) {
    const problem = first < 0 ? 'does not occur in it' : 'occurs more than once; give more of the lines around it'
    throw new CodexError(
      'WORKSPACE_ERROR',
      `The file ${JSON.stringify(path)} is not edited: the search text ${problem}.`,
      {
        retryable: false,
      },
    )
  }
  return content.slice(0, first) + replacement + content.slice(first + search.length)
}

function isLeftByTools(path: string): boolean {
  const parts = path.split('/')
  return DEFAULT_EXCLUDES.some((pattern) => {
    if (pattern.endsWith('/')) return parts.slice(0, -1).includes(pattern.slice(0, -1))
    const name = parts.at(-1) ?? ''
    return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern
  })
}
