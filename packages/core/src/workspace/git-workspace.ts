import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CodexError } from '@codex/protocol'
import { advanceBranch, type BranchState, readBranch } from './branch.ts'
import { isLeftByTools } from './default-excludes.ts'
import { diffTrees, patchTrees } from './diff.ts'
import { exportTree, removeAbandonedExports } from './export-tree.ts'
import {
  decodeText,
  deleteWorktreeFile,
  readWorktreeFile,
  type SandboxOwner,
  writeWorktreeFile,
} from './file-access.ts'
import { runGit, splitNul } from './git.ts'
import type { TreeFile } from './objects/object-memory.ts'
import { changeOwner } from './ownership.ts'
import { isPackTooLarge, packObject, packTree } from './pack-git.ts'
import { removeFolder } from './remove-folder.ts'
import { replaceOnce } from './replace-once.ts'
import { searchFiles } from './search.ts'
import { checkOutTree, type GitPlace, indexOf, snapshotTree } from './snapshot.ts'
import type { StartPack, Workspace } from './workspace.ts'
import { onlyHereFile } from './workspace-folders.ts'
import { splitWorktreePath } from './worktree-path.ts'

export const DEFAULT_MAX_FILE_BYTES = 1_000_000

export interface GitWorkspaceSettings {
  /** Who must own what is written into the worktree; null for the service's own user. */
  readonly owner: SandboxOwner | null
  /** What the base was made of; of a repository its commit is packed when it is asked for. */
  readonly start: StartPack | 'repository' | null
  /** Whether nobody writes into the worktree before {@link Workspace.checkOut}; default false. */
  readonly isOurs?: boolean
  /** Known already; read from the git directory otherwise. */
  readonly branch?: BranchState
}

/**
 * The {@link Workspace} over one run's git directory and worktree. Operations are done one after another, since each
 * snapshot builds on the index of the one before.
 */
export async function openGitWorkspace(
  runId: string,
  place: GitPlace,
  settings: GitWorkspaceSettings,
): Promise<Workspace> {
  const { gitDir, workTree } = place
  const { owner } = settings
  const { base, tip: start } = settings.branch ?? (await readBranch(gitDir, runId))
  let tip = start
  /** Tree of the worktree; null while others may write there, or since something was written. */
  let known: string | null = null
  let isOurs = settings.isOurs ?? false
  const listings = rememberLast(4, (tree: string) => listTree(gitDir, tree))
  const diffs = rememberLast(4, (trees: string) => {
    const [fromTree = '', toTree = ''] = trees.split('..')
    return diffTrees(gitDir, fromTree, toTree)
  })
  const snapshot = async (): Promise<string> => {
    const tree = known ?? (await snapshotTree(place))
    if (isOurs) known = tree
    return tree
  }
  const change = async (work: () => Promise<void>): Promise<void> => {
    known = null
    await work()
  }
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
    baseTree: base.tree,
    checkOut: () =>
      onWorktree(async () => {
        isOurs = false
        known = null
        return workTree
      }),
    checkIn: () =>
      onWorktree(() => {
        isOurs = true
        known = null
        return snapshot()
      }),
    listFiles: (options = {}) =>
      onWorktree(async () => {
        await snapshot()
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
    writeFile: (path, content) => onWorktree(() => change(() => writeWorktreeFile(workTree, path, content, owner))),
    editFile: (path, search, replacement) =>
      onWorktree(async () => {
        const content = await readWorktreeFile(workTree, path, DEFAULT_MAX_FILE_BYTES)
        const edited = replaceOnce(path, content, search, replacement)
        await change(() => writeWorktreeFile(workTree, path, edited, owner))
      }),
    deleteFile: (path) => onWorktree(() => change(() => deleteWorktreeFile(workTree, path))),
    search: (query, options) =>
      onWorktree(async () => {
        if (query === '')
          throw new CodexError('WORKSPACE_ERROR', 'The text to search for is empty.', { retryable: false })
        await snapshot()
        return await searchFiles(place, query, options)
      }),
    treeHash: () => onWorktree(snapshot),
    commit: (message, committedAt = Math.floor(Date.now() / 1_000)) =>
      onWorktree(async () => {
        const tree = await snapshot()
        tip = await advanceBranch(gitDir, runId, tip, { tree, message, committedAt })
        return tip
      }),
    restore: (tree) =>
      onWorktree(async () => {
        if ((await snapshot()) === checkHash(tree)) return
        known = null
        await checkOutTree(place, tree)
        if (owner) await changeOwner(workTree, owner)
      }),
    diff: (fromTree, toTree) =>
      inTurn(async () => (fromTree === toTree ? [] : await diffs(`${checkHash(fromTree)}..${checkHash(toTree)}`))),
    patch: (fromTree, toTree) => inTurn(() => patchTrees(gitDir, checkHash(fromTree), checkHash(toTree))),
    listFilesAt: (tree, options = {}) =>
      inTurn(async () => {
        const files = [...(await listings(checkHash(tree)))].filter(([, { mode }]) => mode !== '160000')
        return files.slice(0, options.limit).map(([path]) => path)
      }),
    readFileAt: (tree, path) => inTurn(async () => await readBlob(gitDir, tree, await listings(checkHash(tree)), path)),
    exportTree: (tree, options = {}) => onWorktree(() => exportTree(place, checkHash(tree), owner, options)),
    pack: (tree, since, maxBytes) =>
      inTurn(async () => {
        try {
          return await packTree(gitDir, checkHash(tree), checkHash(since), maxBytes)
        } catch (error) {
          // nobody may take this folder for one that can be rebuilt
          if (isPackTooLarge(error)) await writeFile(onlyHereFile(workTree), '')
          throw error
        }
      }),
    packStart: () =>
      inTurn(async () => {
        if (settings.start !== 'repository') return settings.start
        return { tree: base.tree, baseTree: base.tree, content: await packObject(gitDir, base.commit) }
      }),
    discard: ({ keepObjects }) =>
      inTurn(async () => {
        await removeFolder(keepObjects ? workTree : dirname(workTree))
        await removeAbandonedExports(dirname(workTree))
      }),
  }
}

/** Paths of `ls-files --stage -z` and `ls-tree -z`; links to other repositories (submodules) are no files. */
function parseEntries(output: Buffer): string[] {
  return splitNul(output)
    .filter((entry) => !entry.startsWith('160000 '))
    .map((entry) => entry.slice(entry.indexOf('\t') + 1))
}

/** Files of a tree, links to other repositories (submodules) included. */
async function listTree(gitDir: string, tree: string): Promise<ReadonlyMap<string, TreeFile>> {
  const { stdout } = await runGit(['ls-tree', '-r', '-z', '--full-tree', tree], { gitDir })
  return new Map(
    splitNul(stdout).map((entry) => {
      const [mode = '', , hash = ''] = entry.slice(0, entry.indexOf('\t')).split(' ')
      return [entry.slice(entry.indexOf('\t') + 1), { mode, hash }]
    }),
  )
}

async function readBlob(
  gitDir: string,
  tree: string,
  files: ReadonlyMap<string, TreeFile>,
  path: string,
): Promise<string> {
  const file = files.get(splitWorktreePath(path).join('/'))
  if (file === undefined || !file.mode.startsWith('100')) {
    throw new CodexError('WORKSPACE_ERROR', `There is no regular file ${JSON.stringify(path)} in the tree ${tree}.`, {
      retryable: false,
    })
  }
  return decodeText((await runGit(['cat-file', 'blob', file.hash], { gitDir })).stdout, path)
}

/** Keeps the last answers; of what never changes. */
function rememberLast<Answer>(count: number, ask: (key: string) => Promise<Answer>): (key: string) => Promise<Answer> {
  const answers = new Map<string, Answer>()
  return async (key) => {
    const answer = answers.get(key) ?? (await ask(key))
    answers.delete(key)
    answers.set(key, answer)
    for (const oldest of answers.keys()) if (answers.size > count) answers.delete(oldest)
    return answer
  }
}

function checkHash(tree: string): string {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(tree)) return tree
  throw new CodexError('WORKSPACE_ERROR', `${JSON.stringify(tree)} is not a tree hash.`, { retryable: false })
}
