import { digestInstalledTree } from './installed-tree.ts'

/** Worktrees come and go; what is forgotten is installed again. */
const MAX_RECORDS = 1_000

/** What was installed where. */
export interface InstallRecords {
  /** Whether a worktree's node_modules are what was installed for these manifests, untouched since. */
  isCurrent(worktree: string, manifests: string): Promise<boolean>
  remember(worktree: string, manifests: string): Promise<void>
  forget(worktree: string): void
}

export function createInstallRecords(): InstallRecords {
  const records = new Map<string, { readonly manifests: string; readonly tree: string | null }>()
  return {
    async isCurrent(worktree, manifests) {
      const record = records.get(worktree)
      return record?.manifests === manifests && record.tree === (await digestInstalledTree(worktree))
    },
    async remember(worktree, manifests) {
      records.delete(worktree)
      records.set(worktree, { manifests, tree: await digestInstalledTree(worktree) })
      const [oldest] = records.keys()
      if (records.size > MAX_RECORDS && oldest !== undefined) records.delete(oldest)
    },
    forget: (worktree) => void records.delete(worktree),
  }
}
