import { CodexError } from '@codex/protocol'
import { isLeftByTools } from './default-excludes.ts'
import { DIFF_HASH_CHARACTERS } from './diff.ts'
import { decodeText, fileFailure } from './file-access.ts'
import { encodeCommit, type GitObject } from './objects/git-object.ts'
import type { ObjectMemory, TreeFile } from './objects/object-memory.ts'
import { decodePack, encodePack } from './objects/pack-file.ts'
import { diffCreations } from './objects/plain-diff.ts'
import { isPlainPath } from './objects/plain-path.ts'
import { packTooLarge } from './pack-git.ts'
import { replaceOnce } from './replace-once.ts'
import type { FileEdit, Snapshot } from './workspace.ts'
import { splitWorktreePath } from './worktree-path.ts'

/** What memory cannot answer; git can. */
export const BEYOND: unique symbol = Symbol('beyond memory')
export type Beyond = typeof BEYOND

/** Larger runs go to disk. */
export const MAX_MEMORY_BYTES = 16 * 1024 * 1024

const FULL_HASH_CHARACTERS = 40

/** Everything that a git directory and a worktree need to go on from here. */
export interface MemoryContent {
  readonly objects: Iterable<GitObject>
  readonly tip: Snapshot
  /** Tree of the worktree as it is. */
  readonly tree: string
  /** Files in the worktree that are no part of the tree. */
  readonly leftByTools: ReadonlyMap<string, Buffer>
}

export type MemoryWorkspace = ReturnType<typeof createMemoryWorkspace>

/**
 * A run's files without a folder and without git: what a run that executes no command needs. Each answer is the one that
 * git would give; what would need more than that is {@link BEYOND}.
 *
 * @param memory the objects of the base and of everything that was committed; its trees must fit ({@link fitsMemory})
 * @param start the last commit; its tree is what the worktree starts with
 */
export function createMemoryWorkspace(memory: ObjectMemory, start: Snapshot) {
  let tip = start
  const files = new Map<string, TreeFile>()
  /** Files that tools leave behind (node_modules) are no part of a tree. */
  const leftByTools = new Map<string, Buffer>()
  const folders = new Set<string>()
  let known: string | null = null

  const isFolder = (path: string): boolean => folders.has(path)
  const addFolders = (path: string): void => {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) folders.add(path.slice(0, end))
  }
  const isBelowFile = (path: string): boolean => {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      if (files.has(path.slice(0, end)) || leftByTools.has(path.slice(0, end))) return true
    }
    return false
  }
  const contentOf = (path: string): Buffer | undefined => {
    const file = files.get(path)
    return file === undefined ? leftByTools.get(path) : memory.get(file.hash).content
  }
  /** Git's answers about such a path are longer than ours. */
  const isUnusual = (path: string): boolean => !isPlainPath(path) || isFolder(path) || isBelowFile(path)
  const take = (tree: string): void => {
    files.clear()
    folders.clear()
    for (const [path, file] of memory.filesOf(tree)) {
      files.set(path, file)
      addFolders(path)
    }
    for (const path of leftByTools.keys()) addFolders(path)
    known = tree
  }
  const treeHash = (): string => {
    known ??= memory.addTree(files)
    return known
  }
  const readFile = (path: string, maxBytes: number): string | Beyond => {
    const wanted = splitWorktreePath(path).join('/')
    if (isUnusual(wanted)) return BEYOND
    const content = contentOf(wanted)
    if (content === undefined) throw fileFailure(path, 'it does not exist')
    return content.length > maxBytes ? BEYOND : decodeText(content, path)
  }
  const writeFile = (path: string, text: string): undefined | Beyond => {
    const wanted = splitWorktreePath(path).join('/')
    if (isUnusual(wanted) || !isPlainFile(wanted)) return BEYOND
    const content = Buffer.from(text)
    if (memory.bytes + content.length > MAX_MEMORY_BYTES) return BEYOND
    if (isLeftByTools(wanted) && !files.has(wanted)) leftByTools.set(wanted, content)
    else {
      const mode = files.get(wanted)?.mode ?? '100644'
      files.set(wanted, { mode, hash: memory.add({ type: 'blob', content }) })
      known = null
    }
    addFolders(wanted)
    return undefined
  }
  take(tip.tree)

  return {
    memory,
    readFile,
    writeFile,
    treeHash,
    editFile(path: string, search: string, replacement: string, maxBytes: number): undefined | Beyond {
      const content = readFile(path, maxBytes)
      return content === BEYOND ? BEYOND : writeFile(path, replaceOnce(path, content, search, replacement))
    },
    deleteFile(path: string): undefined | Beyond {
      const wanted = splitWorktreePath(path).join('/')
      if (isUnusual(wanted)) return BEYOND
      if (!files.delete(wanted) && !leftByTools.delete(wanted)) return BEYOND
      known = null
      return undefined
    },
    listFiles({ prefix = '', limit }: { readonly prefix?: string; readonly limit?: number } = {}): string[] {
      return [...files.keys()]
        .sort()
        .filter((path) => path.startsWith(prefix))
        .slice(0, limit)
    },
    commit(message: string, committedAt: number): Snapshot {
      const tree = treeHash()
      if (tree === tip.tree) return tip
      const object = encodeCommit({ tree, parents: [tip.commit], message: message || 'Change', committedAt })
      tip = { tree, commit: memory.add(object) }
      return tip
    },
    restore(tree: string): void {
      if (!memory.has(tree)) throw unknownTree(tree)
      take(tree)
    },
    diff(fromTree: string, toTree: string): FileEdit[] | Beyond {
      const created = diffCreations(memory, fromTree, toTree, DIFF_HASH_CHARACTERS)
      if (created === null) return BEYOND
      return created.map(({ path, additions, diff }) => ({ path, operation: 'create', additions, deletions: 0, diff }))
    },
    patch(fromTree: string, toTree: string): string | Beyond {
      const created = diffCreations(memory, fromTree, toTree, FULL_HASH_CHARACTERS)
      return created === null ? BEYOND : created.map(({ diff }) => diff).join('')
    },
    listFilesAt(tree: string, limit: number | undefined): string[] {
      if (!memory.has(tree)) throw unknownTree(tree)
      const found = [...memory.filesOf(tree)].filter(([, { mode }]) => mode !== '160000')
      return found.slice(0, limit).map(([path]) => path)
    },
    readFileAt(tree: string, path: string): string {
      const file = memory.has(tree) ? memory.filesOf(tree).get(splitWorktreePath(path).join('/')) : undefined
      if (file === undefined || !file.mode.startsWith('100')) throw noSuchFile(tree, path)
      return decodeText(memory.get(file.hash).content, path)
    },
    pack(tree: string, since: string, maxBytes: number): Buffer {
      const pack = encodePack(memory.reach(tree, since))
      if (pack.length > maxBytes) throw packTooLarge(maxBytes)
      return pack
    },
    /** Learns what git made in the meantime, where there is room for it. */
    learn(pack: Buffer): void {
      try {
        const findBase = (hash: string) => memory.objects.get(hash)
        const objects = decodePack(pack, { maxBytes: MAX_MEMORY_BYTES - memory.bytes, findBase })
        for (const object of objects.values()) memory.add(object)
      } catch {
        // too large, or it builds on what memory did not learn: git is asked about these trees
      }
    },
    has: (tree: string): boolean => memory.has(tree),
    /** For going on with git. */
    content(): MemoryContent {
      const tree = treeHash()
      return { objects: memory.objects.values(), tip, tree, leftByTools }
    },
  }
}

/** Whether memory can hold a tree: plain files under plain names, and no ignore rules. */
export function fitsMemory(memory: ObjectMemory, tree: string): boolean {
  if (memory.bytes > MAX_MEMORY_BYTES) return false
  for (const [path, { mode }] of memory.filesOf(tree)) {
    if (!isPlainPath(path) || !isPlainFile(path) || (mode !== '100644' && mode !== '100755')) return false
  }
  return true
}

/** Adds commits onto a tip, as the branch of a git directory would get them. */
export function addCommits(
  memory: ObjectMemory,
  start: Snapshot,
  commits: readonly { readonly tree: string; readonly message: string; readonly committedAt: number }[],
): Snapshot {
  let tip = start
  for (const { tree, message, committedAt } of commits) {
    if (tree === tip.tree) continue
    const object = encodeCommit({ tree, parents: [tip.commit], message: message || 'Change', committedAt })
    tip = { tree, commit: memory.add(object) }
  }
  return tip
}

/** Ignore rules are git's to read. */
function isPlainFile(path: string): boolean {
  return !/(^|\/)\.gitignore$/i.test(path)
}

function unknownTree(tree: string): CodexError {
  return new CodexError('WORKSPACE_ERROR', `The tree ${tree} is none of this run's.`, { retryable: false })
}

function noSuchFile(tree: string, path: string): CodexError {
  return new CodexError('WORKSPACE_ERROR', `There is no regular file ${JSON.stringify(path)} in the tree ${tree}.`, {
    retryable: false,
  })
}
