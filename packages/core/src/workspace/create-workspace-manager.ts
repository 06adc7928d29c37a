import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { MAX_BASE_PACK_BYTES, type WorkspaceArchive } from './archive.ts'
import { advanceBranch, BASE_REF, type BranchState, branchOf, readBranch, startCommit, startOf } from './branch.ts'
import { onDisk } from './disk-trouble.ts'
import { removeAbandonedExports } from './export-tree.ts'
import type { SandboxOwner } from './file-access.ts'
import { openGitWorkspace } from './git-workspace.ts'
import { createLazyWorkspace } from './lazy-workspace.ts'
import { writeRef } from './loose-store.ts'
import { materialize } from './materialize.ts'
import { addCommits, createMemoryWorkspace, fitsMemory } from './memory-workspace.ts'
import { encodeCommit } from './objects/git-object.ts'
import type { ObjectMemory } from './objects/object-memory.ts'
import { changeOwner } from './ownership.ts'
import { isPackTooLarge, packWholeTree } from './pack-git.ts'
import {
  type ArchivedFiles,
  importPacks,
  packOrigin,
  type RebuildTools,
  rebuildGitDirectory,
  rebuildInMemory,
} from './rebuild.ts'
import { removeFolder } from './remove-folder.ts'
import { checkOutTree } from './snapshot.ts'
import { importRepository, type SourceProtocol } from './source.ts'
import type { OpenOptions, StartPack, Workspace, WorkspaceManager, WorkspaceSource } from './workspace.ts'
import { createWorkspaceFolders, type RunPlace } from './workspace-folders.ts'

export interface WorkspaceManagerOptions {
  /** Folder of all workspaces: `<rootDir>/<runId>/git` and `<rootDir>/<runId>/tree`. */
  readonly rootDir: string
  /** The user that sandboxed commands run as, where it is not the service's own; it then owns the worktrees. */
  readonly sandboxOwner?: SandboxOwner
  /**
   * Where files are kept for other nodes. With one, a run needs no folder until it executes a command; without, nothing
   * outlives the folder.
   */
  readonly archive?: WorkspaceArchive
  /** Name of this node; with it, nodes that share a disk know whose a folder is. */
  readonly node?: string
  readonly log?: (message: string) => void
  /** URL schemes of repositories that may be fetched; default https and file. Paths are always allowed. */
  readonly protocols?: readonly SourceProtocol[]
  /** Variables for fetches alone, such as https_proxy and SSL_CERT_FILE. */
  readonly networkEnvironment?: Readonly<Record<string, string>>
  /** Default 120,000. */
  readonly fetchTimeoutMs?: number
}

const NO_ARCHIVE: WorkspaceArchive = {
  readRun: async () => null,
  readPack: async () => null,
  readBase: async () => null,
  hasBase: async () => false,
  writeBase: async () => undefined,
}

/** Makes the manager of the runs' workspaces on plain git (2.38 or newer). */
export function createWorkspaceManager(options: WorkspaceManagerOptions): WorkspaceManager {
  const owner = options.sandboxOwner ?? null
  const archive = options.archive ?? null
  const log = options.log ?? (() => undefined)
  const access = {
    protocols: options.protocols ?? (['https', 'file'] as const),
    networkEnvironment: options.networkEnvironment ?? {},
    fetchTimeoutMs: options.fetchTimeoutMs ?? 120_000,
  }
  const folders = createWorkspaceFolders(resolve(options.rootDir), owner !== null, options.node ?? null)
  const tools: RebuildTools = { archive: archive ?? NO_ARCHIVE, access, inScratch: folders.inScratch }

  /** Null when the run is nothing for memory. */
  async function openInMemory(
    runId: string,
    { source, packs }: ArchivedFiles,
    start: StartPack | null,
    { recovered }: OpenOptions,
  ): Promise<Workspace | null> {
    if (archive === null || source.kind === 'repository') return null
    const objects = await rebuildInMemory({ source, packs }, tools)
    if (objects === null) return null
    objects.add(encodeCommit(startCommit(source)))
    const base = startOf(source)
    const tip = addCommits(objects, base, recovered?.commits ?? [])
    if (!objects.has(tip.tree) || !fitsMemory(objects, tip.tree)) return null
    return createLazyWorkspace({
      runId,
      worktree: folders.placeOf(runId).workTree,
      baseTree: base.tree,
      memory: createMemoryWorkspace(objects, tip),
      start,
      async materialize(content) {
        const place = folders.placeOf(runId)
        return await onDisk(place.folder, async () => {
          await materialize({ runId, source, place, folders, owner, content })
          log(`workspace of run ${runId}: checked out`)
          const branch = { base, tip: content.tip }
          return await openGitWorkspace(runId, place, { owner, start, isOurs: true, branch })
        })
      },
    })
  }

  /** For reading trees: nothing is checked out, and a folder comes about only for what git has to answer. */
  function readFromMemory(runId: string, objects: ObjectMemory): Workspace {
    const source = { kind: 'empty' } as const
    objects.add(encodeCommit(startCommit(source)))
    const tip = startOf(source)
    return createLazyWorkspace({
      runId,
      worktree: folders.readingPlaceOf(runId).workTree,
      baseTree: tip.tree,
      memory: createMemoryWorkspace(objects, tip),
      start: null,
      async materialize(content) {
        const place = folders.readingPlaceOf(runId)
        return await onDisk(place.folder, async () => {
          await removeFolder(place.folder)
          await materialize({ runId, source, place, folders, owner, content })
          return await openGitWorkspace(runId, place, { owner, start: null, branch: { base: tip, tip } })
        })
      },
    })
  }

  async function makeGitDirectory(gitDir: string, runId: string, files: ArchivedFiles): Promise<void> {
    const { source, packs } = files
    // before anything of it was recorded, a repository is read itself
    if (source.kind === 'repository' && packs.length === 0) await importRepository(gitDir, source, access)
    else await rebuildGitDirectory(gitDir, runId, files, tools)
    await writeRef(gitDir, branchOf(runId), (await readFile(join(gitDir, BASE_REF), 'utf8')).trim())
  }

  /** Keeps what a repository was read at, so that other nodes need neither the repository nor its server. */
  async function keepBase(gitDir: string, { tree }: BranchState['base']): Promise<void> {
    if (archive === null || (await archive.hasBase(tree))) return
    try {
      await archive.writeBase(tree, await packWholeTree(gitDir, tree, MAX_BASE_PACK_BYTES))
    } catch (error) {
      if (!isPackTooLarge(error)) throw error
      log(`the tree ${tree} has more than ${MAX_BASE_PACK_BYTES} bytes and is not kept; other nodes fetch it again`)
    }
  }

  async function checkOut(place: RunPlace, runId: string): Promise<void> {
    await folders.build(place, place.workTree, async (workTree) => {
      await mkdir(workTree, { mode: 0o755 })
      // the index describes files that are gone
      await rm(join(place.gitDir, 'index'), { force: true })
      await checkOutTree({ gitDir: place.gitDir, workTree }, branchOf(runId))
      if (owner) await changeOwner(workTree, owner)
    })
    log(`workspace of run ${runId}: checked out`)
  }

  async function open(runId: string, source: WorkspaceSource, openOptions: OpenOptions): Promise<Workspace> {
    const place = folders.placeOf(runId)
    const recovered = archive === null ? undefined : openOptions.recovered
    const archived = recovered === undefined ? null : ((await archive?.readRun(runId)) ?? null)
    const stored = archived?.packs ?? []
    const start = source.kind === 'run' && stored.length === 0 ? await packOrigin(source, tools) : null
    const files: ArchivedFiles = { source, packs: start === null ? stored : [{ ...start, n: 0 }] }
    if (archive !== null && !existsSync(place.onlyHere)) {
      // what an interrupted command has left must not be there when it is repeated; a repository's objects may stay
      if (recovered !== undefined && source.kind !== 'repository') await removeFolder(place.folder)
      const inMemory = await openInMemory(runId, files, start, openOptions)
      if (inMemory !== null) return inMemory
    }
    await folders.prepare(place)
    if (recovered !== undefined) await removeFolder(place.workTree)
    if (!existsSync(place.gitDir)) {
      const make = (gitDir: string) => makeGitDirectory(gitDir, runId, files)
      await folders.build(place, place.gitDir, make).catch(async (error: unknown) => {
        // unless another open of the same run is at work there
        await rm(join(place.folder, 'node'), { force: true })
        await rmdir(place.folder).catch(() => undefined)
        throw error
      })
      log(`workspace of run ${runId}: made`)
    } else if (archive !== null) {
      await importPacks(place.gitDir, runId, files.packs, archive)
    }
    let branch = await readBranch(place.gitDir, runId)
    if (recovered === undefined) {
      if (source.kind === 'repository') await keepBase(place.gitDir, branch.base)
    } else {
      let tip = branch.base
      await writeRef(place.gitDir, branchOf(runId), tip.commit)
      for (const commit of recovered.commits) tip = await advanceBranch(place.gitDir, runId, tip, commit)
      branch = { ...branch, tip }
    }
    if (!existsSync(place.workTree)) await checkOut(place, runId)
    const settings = { owner, start: source.kind === 'repository' ? source.kind : start, isOurs: archive !== null }
    return await openGitWorkspace(runId, place, { ...settings, branch })
  }

  async function find(runId: string): Promise<Workspace | null> {
    const local = folders.placeOf(runId)
    const settings = { owner, start: null }
    if (archive === null) {
      return existsSync(local.gitDir) ? await openGitWorkspace(runId, local, settings) : null
    }
    const archived = await archive.readRun(runId)
    if (archived === null) return null
    const objects = await rebuildInMemory(archived, tools)
    if (objects !== null) return readFromMemory(runId, objects)
    if (existsSync(local.gitDir)) {
      await importPacks(local.gitDir, runId, archived.packs, archive)
      return await openGitWorkspace(runId, local, settings)
    }
    const place = folders.readingPlaceOf(runId)
    await folders.prepare(place)
    if (!existsSync(place.gitDir)) {
      await folders.build(place, place.gitDir, (gitDir) => makeGitDirectory(gitDir, runId, archived))
    }
    return await openGitWorkspace(runId, place, settings)
  }

  return {
    open: async (runId, source, openOptions = {}) =>
      await onDisk(folders.placeOf(runId).folder, () => open(runId, source, openOptions)),
    find: async (runId) => await onDisk(folders.placeOf(runId).folder, () => find(runId)),
    async remove(runId, { everything = false } = {}) {
      const { folder, workTree } = folders.placeOf(runId)
      await removeFolder(everything ? folder : workTree)
      await removeAbandonedExports(folder)
      if (everything) await removeFolder(folders.readingPlaceOf(runId).folder)
      else if (existsSync(folder)) log(`workspace of run ${runId}: worktree removed, commits kept`)
    },

    list: () => folders.list(),
  }
}
