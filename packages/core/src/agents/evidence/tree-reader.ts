import type { Workspace } from '../../workspace/workspace.ts'
import { readAtIfPresent } from './read-if-present.ts'

/** Files of the tree that a step starts from. */
export interface TreeReader {
  /** Every path, sorted. */
  readonly files: readonly string[]
  /** Text of a file; null when there is none, or it is no text. */
  read(path: string): Promise<string | null>
}

export async function openTree(workspace: Workspace, tree: string): Promise<TreeReader> {
  const files = await workspace.listFilesAt(tree)
  const known = new Set(files)
  return {
    files,
    read: async (path) => (known.has(path) ? await readAtIfPresent(workspace, tree, path) : null),
  }
}
