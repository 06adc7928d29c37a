import type { PackRow } from '../store/record-run.ts'
import { isPackTooLarge, MAX_PACK_BYTES } from '../workspace/index.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** Sees to it that whatever tree a run reaches can be rebuilt on another node. */
export interface RunPacks {
  /** What the tree that the run starts from needs; for the write that records its base tree. */
  start(): Promise<readonly PackRow[]>
  /**
   * What has to be stored for a tree, beyond what was stored before; empty when it is there already.
   * The rows belong into the write that tells of the tree.
   */
  collect(tree: string): Promise<readonly PackRow[]>
  /** False once something could not be stored: then the run's folder on this node is needed. */
  isComplete(): boolean
}

export interface RunPacksState {
  readonly workspace: Pick<Workspace, 'baseTree' | 'pack' | 'packStart'>
  /** Trees of the packs that were stored before, in order. */
  readonly stored: readonly { readonly tree: string; readonly n: number }[]
  readonly warn: (message: string) => void
}

export function createRunPacks({ workspace, stored, warn }: RunPacksState): RunPacks {
  const known = new Set([workspace.baseTree, ...stored.map(({ tree }) => tree)])
  let last = stored.at(-1)?.tree ?? workspace.baseTree
  let next = (stored.at(-1)?.n ?? -1) + 1
  let isComplete = true
  return {
    async start() {
      const start = await workspace.packStart()
      return start === null ? [] : [{ ...start, n: next++ }]
    },
    async collect(tree) {
      if (known.has(tree) || !isComplete) return []
      try {
        const content = await workspace.pack(tree, last, MAX_PACK_BYTES)
        const row = { tree, baseTree: last, n: next++, content }
        known.add(tree)
        last = tree
        return [row]
      } catch (error) {
        if (!isPackTooLarge(error)) throw error
        isComplete = false
        warn(
          `the run can go on only on the node that executes it: a step changed files of more than ${MAX_PACK_BYTES / 1024 / 1024} MB together, packed`,
        )
        return []
      }
    },
    isComplete: () => isComplete,
  }
}
