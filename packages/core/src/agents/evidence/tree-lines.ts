import { normalizePath } from '../../task/given-files.ts'
import type { TreeReader } from './tree-reader.ts'

/** Looks up whether places that a model names exist in a tree. */
export interface TreeLines {
  /** The path as the tree spells it, or null when there is no such text file. */
  resolve(path: string): Promise<string | null>
  /** Number of lines, at least 1; 0 when there is no such text file. */
  countLines(path: string): Promise<number>
}

export function createTreeLines(tree: TreeReader): TreeLines {
  const counts = new Map<string, number>()
  const read = async (path: string) => {
    const cached = counts.get(path)
    if (cached !== undefined) return cached
    const text = await tree.read(path)
    const count = text === null ? 0 : Math.max(1, text.split('\n').length - (text.endsWith('\n') ? 1 : 0))
    counts.set(path, count)
    return count
  }
  return {
    countLines: read,
    async resolve(given) {
      const path = normalizePath(given)
      // Models copy the a/ and b/ of diff headers.
      for (const candidate of [path, path.replace(/^[ab]\//, '')]) if ((await read(candidate)) > 0) return candidate
      return null
    },
  }
}
