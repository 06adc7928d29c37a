import type { Workspace } from '../../workspace/workspace.ts'
import { readAtIfPresent } from './read-if-present.ts'

/** Files of the tree that a step starts from. */
export interface TreeReader {
  /** Every path, sorted. */
  readonly files: readonly string[]
  /** Text of a file; null when there is none, or it is no text. */
  read(path: string): Promise<string | null>
}

/** Opens a tree; each file is read once, since a read starts git. */
export async function openTree(workspace: Workspace, tree: string): Promise<TreeReader> {
  const files = await workspace.listFilesAt(tree)
  const known = new Set(files)
  const texts = new Map<string, Promise<string | null>>()
  return {
    files,
    async read(path) {
      if (!known.has(path)) return null
      const text = texts.get(path) ?? readAtIfPresent(workspace, tree, path)
      texts.set(path, text)
      return await text
    },
  }
}
