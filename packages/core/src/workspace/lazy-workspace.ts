import { DEFAULT_MAX_FILE_BYTES } from './git-workspace.ts'
import { BEYOND, type Beyond, type MemoryContent, type MemoryWorkspace } from './memory-workspace.ts'
import type { StartPack, Workspace } from './workspace.ts'

export interface LazyWorkspaceSettings {
  readonly runId: string
  /** Where the worktree will be. */
  readonly worktree: string
  readonly baseTree: string
  readonly memory: MemoryWorkspace
  readonly start: StartPack | null
  /** Makes git directory and worktree out of what is in memory. */
  readonly materialize: (content: MemoryContent) => Promise<Workspace>
}

/** A workspace that is in memory until somebody asks for what only a folder or git can give; from then on it is there. */
export function createLazyWorkspace(settings: LazyWorkspaceSettings): Workspace {
  const { runId, worktree, baseTree, memory, start, materialize } = settings
  let real: Promise<Workspace> | null = null
  const open = (): Promise<Workspace> => {
    // nothing is asked of memory from here on, so nothing is lost between the two
    real ??= materialize(memory.content())
    return real
  }
  const answer = async <Result>(
    inMemory: () => Result | Beyond,
    onDisk: (workspace: Workspace) => Promise<Result>,
  ): Promise<Result> => {
    const result = real === null ? inMemory() : BEYOND
    return result === BEYOND ? await onDisk(await open()) : (result as Result) // all that is not beyond
  }
  const beyond = (): Beyond => BEYOND
  /** Trees never change: what memory knows of them is as good as what git says, also when there is a folder. */
  const answerOf = async <Result>(
    trees: readonly string[],
    inMemory: () => Result | Beyond,
    onDisk: (workspace: Workspace) => Promise<Result>,
  ): Promise<Result> => {
    const result = real === null || trees.every(memory.has) ? inMemory() : BEYOND
    return result === BEYOND ? await onDisk(await open()) : (result as Result) // all that is not beyond
  }

  return {
    runId,
    baseTree,
    worktree,
    checkOut: async () => await (await open()).checkOut(),
    checkIn: () => answer(memory.treeHash, (workspace) => workspace.checkIn()),
    listFiles: (options) =>
      answer(
        () => memory.listFiles(options),
        async (workspace) => [...(await workspace.listFiles(options))],
      ),
    listIgnoredFiles: (options) =>
      answer<readonly string[]>(beyond, (workspace) => workspace.listIgnoredFiles(options)),
    readFile: (path, options) =>
      answer(
        () => memory.readFile(path, options?.maxBytes ?? DEFAULT_MAX_FILE_BYTES),
        (workspace) => workspace.readFile(path, options),
      ),
    writeFile: (path, content) =>
      answer<void>(
        () => memory.writeFile(path, content),
        (workspace) => workspace.writeFile(path, content),
      ),
    editFile: (path, search, replacement) =>
      answer<void>(
        () => memory.editFile(path, search, replacement, DEFAULT_MAX_FILE_BYTES),
        (workspace) => workspace.editFile(path, search, replacement),
      ),
    deleteFile: (path) =>
      answer<void>(
        () => memory.deleteFile(path),
        (workspace) => workspace.deleteFile(path),
      ),
    search: async (query, options) => await (await open()).search(query, options),
    treeHash: () =>
      answer(
        () => memory.treeHash(),
        (workspace) => workspace.treeHash(),
      ),
    commit: (message, committedAt = Math.floor(Date.now() / 1_000)) =>
      answer(
        () => memory.commit(message, committedAt),
        (workspace) => workspace.commit(message, committedAt),
      ),
    restore: (tree) =>
      answer<void>(
        () => memory.restore(tree),
        (workspace) => workspace.restore(tree),
      ),
    diff: (fromTree, toTree) =>
      answerOf(
        [fromTree, toTree],
        () => memory.diff(fromTree, toTree),
        async (workspace) => [...(await workspace.diff(fromTree, toTree))],
      ),
    patch: (fromTree, toTree) =>
      answerOf(
        [fromTree, toTree],
        () => memory.patch(fromTree, toTree),
        (workspace) => workspace.patch(fromTree, toTree),
      ),
    listFilesAt: (tree, options) =>
      answerOf<readonly string[]>(
        [tree],
        () => memory.listFilesAt(tree, options?.limit),
        (workspace) => workspace.listFilesAt(tree, options),
      ),
    readFileAt: (tree, path) =>
      answerOf(
        [tree],
        () => memory.readFileAt(tree, path),
        (workspace) => workspace.readFileAt(tree, path),
      ),
    exportTree: async (tree, options) => await (await open()).exportTree(tree, options),
    async pack(tree, since, maxBytes) {
      if (real === null) return memory.pack(tree, since, maxBytes)
      const pack = await (await real).pack(tree, since, maxBytes)
      memory.learn(pack)
      return pack
    },
    packStart: async () => start,
    async discard(options) {
      // one that could not be made leaves nothing
      await (await real?.catch(() => null))?.discard(options)
    },
  }
}
