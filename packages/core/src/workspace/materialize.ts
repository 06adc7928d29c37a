import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { branchOf, startBranch } from './branch.ts'
import type { SandboxOwner } from './file-access.ts'
import { initializeGitDirectory, writeLooseObject, writeRef } from './loose-store.ts'
import type { MemoryContent } from './memory-workspace.ts'
import { formatOf } from './objects/git-object.ts'
import { encodePack } from './objects/pack-file.ts'
import { changeOwner } from './ownership.ts'
import { importPack } from './pack-git.ts'
import { checkOutTree } from './snapshot.ts'
import type { WorkspaceSource } from './workspace.ts'
import type { RunPlace, WorkspaceFolders } from './workspace-folders.ts'

export interface MaterializeRequest {
  readonly runId: string
  readonly source: WorkspaceSource
  readonly place: RunPlace
  readonly folders: WorkspaceFolders
  readonly owner: SandboxOwner | null
  readonly content: MemoryContent
}

/** More of them are written faster by git. */
const MAX_LOOSE_OBJECTS = 100

/** Makes git directory and worktree of a run that was in memory until now. */
export async function materialize({
  runId,
  source,
  place,
  folders,
  owner,
  content,
}: MaterializeRequest): Promise<void> {
  const { objects, tip, tree, leftByTools } = content
  await folders.prepare(place)
  await folders.build(place, place.gitDir, async (gitDir) => {
    await initializeGitDirectory(gitDir, formatOf(tree))
    const all = [...objects]
    if (all.length > MAX_LOOSE_OBJECTS) await importPack(gitDir, encodePack(all))
    else for (const object of all) await writeLooseObject(gitDir, object, formatOf(tree))
    await startBranch(gitDir, source)
    await writeRef(gitDir, branchOf(runId), tip.commit)
  })
  await folders.build(place, place.workTree, async (workTree) => {
    await mkdir(workTree, { mode: 0o755 })
    await checkOutTree({ gitDir: place.gitDir, workTree }, tree)
    for (const [path, bytes] of leftByTools) {
      // nobody else can have written here yet: no link is on the way
      await mkdir(dirname(join(workTree, path)), { recursive: true })
      await writeFile(join(workTree, path), bytes)
    }
    if (owner) await changeOwner(workTree, owner)
  })
}
