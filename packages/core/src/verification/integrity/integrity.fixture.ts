import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createWorkspaceManager, type Workspace } from '../../workspace/index.ts'

/** Files of a tree; null deletes one of the tree before. */
export type TreeFiles = Readonly<Record<string, string | null>>

/** Test support: a workspace whose trees are given as files. */
export interface TreeFixture extends Disposable {
  readonly workspace: Workspace
  /** Writes files over those of the tree before; gives the new tree. */
  write(files: TreeFiles): Promise<string>
  /** Removes every file, for the next test. */
  clear(): void
}

export async function openTrees(): Promise<TreeFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'codex-integrity-'))
  const manager = createWorkspaceManager({ rootDir: join(folder, 'runs') })
  const workspace = await manager.open('run-1', { kind: 'empty' })
  return {
    workspace,
    async write(files) {
      for (const [path, content] of Object.entries(files)) {
        const target = join(workspace.worktree, path)
        if (content === null) rmSync(target, { force: true })
        else {
          mkdirSync(dirname(target), { recursive: true })
          writeFileSync(target, content)
        }
      }
      return await workspace.treeHash()
    },
    clear() {
      for (const name of readdirSync(workspace.worktree)) rmSync(join(workspace.worktree, name), { recursive: true })
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
