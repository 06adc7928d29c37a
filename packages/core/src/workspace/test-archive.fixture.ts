import type { ArchivedPack, WorkspaceArchive } from './archive.ts'
import type { WorkspaceSource } from './workspace.ts'

/** An archive that is as good as the database's, without one. */
export interface TestArchive extends WorkspaceArchive {
  addRun(runId: string, source: WorkspaceSource): void
  removeRun(runId: string): void
  add(runId: string, pack: { readonly tree: string; readonly baseTree: string; readonly content: Buffer }): void
  lastTree(runId: string): string | undefined
  /** Bytes of a run's packs. */
  size(runId: string): number
}

export function createTestArchive({ keepsBases = true } = {}): TestArchive {
  const runs = new Map<string, { source: WorkspaceSource; packs: ArchivedPack[] }>()
  const bases = new Map<string, Buffer>()
  const packsOf = (runId: string): ArchivedPack[] => runs.get(runId)?.packs ?? []
  return {
    addRun: (runId, source) => void runs.set(runId, { source, packs: [] }),
    removeRun: (runId) => void runs.delete(runId),
    add(runId, pack) {
      const packs = packsOf(runId)
      if (!packs.some(({ tree }) => tree === pack.tree)) packs.push({ ...pack, n: packs.length })
    },
    lastTree: (runId) => packsOf(runId).at(-1)?.tree,
    size: (runId) => packsOf(runId).reduce((sum, { content }) => sum + (content?.length ?? 0), 0),
    async readRun(runId) {
      const run = runs.get(runId)
      return run === undefined ? null : { source: run.source, baseTree: null, packs: [...run.packs] }
    },
    readPack: async (runId, tree) => packsOf(runId).find((pack) => pack.tree === tree)?.content ?? null,
    readBase: async (tree) => bases.get(tree) ?? null,
    hasBase: async (tree) => bases.has(tree),
    async writeBase(tree, pack) {
      if (keepsBases) bases.set(tree, pack)
    },
  }
}
