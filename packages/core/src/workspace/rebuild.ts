import { CodexError } from '@codex/protocol'
import {
  type ArchivedPack,
  type ArchivedRun,
  MAX_BASE_PACK_BYTES,
  MAX_PACK_BYTES,
  type WorkspaceArchive,
} from './archive.ts'
import { BASE_REF, startBranch, startOf } from './branch.ts'
import { initializeGitDirectory, writeRef } from './loose-store.ts'
import { MAX_MEMORY_BYTES } from './memory-workspace.ts'
import { EMPTY_TREES, formatOf, type GitObject } from './objects/git-object.ts'
import { createObjectMemory, type ObjectMemory } from './objects/object-memory.ts'
import { decodePack, encodePack, nameOfOnlyObject } from './objects/pack-file.ts'
import { findMissing, importPack, packTree } from './pack-git.ts'
import { importRepository, type SourceAccess } from './source.ts'
import type { StartPack, WorkspaceSource } from './workspace.ts'

type RunSource = Extract<WorkspaceSource, { readonly kind: 'run' }>

export interface RebuildTools {
  readonly archive: WorkspaceArchive
  readonly access: SourceAccess
  /** Calls with the path of a folder that does not exist yet and is removed afterwards. */
  readonly inScratch: <Result>(use: (folder: string) => Promise<Result>) => Promise<Result>
}

/** The part of a run's archive that is needed to rebuild it. */
export type ArchivedFiles = Pick<ArchivedRun, 'source' | 'packs'>

/**
 * Reads a run into memory.
 * @returns null when it is too large for that, or starts from a repository that is not kept
 */
export async function rebuildInMemory(files: ArchivedFiles, tools: RebuildTools): Promise<ObjectMemory | null> {
  const { packs } = files
  if (packs.some(({ content }) => content === null)) return null
  const baseTree = baseOf(files)
  if (baseTree === null || formatOf(baseTree) !== 'sha1') return null
  const memory = createObjectMemory()
  const take = (pack: Buffer): boolean => {
    const left = MAX_MEMORY_BYTES - memory.bytes
    if (pack.length > left) return false
    const found = decodePackWithin(pack, left, memory)
    for (const object of found ?? []) memory.add(object)
    return found !== null
  }
  if (baseTree !== EMPTY_TREES.sha1) {
    const base = await tools.archive.readBase(baseTree, MAX_MEMORY_BYTES)
    if (base === null || !take(base)) return null
  }
  return packs.every(({ content }) => content !== null && take(content)) ? memory : null
}

/**
 * Makes the git directory of a run from what is kept of it. The base commit of a repository comes without its history.
 * @param gitDir must not exist
 * @throws CodexError WORKSPACE_ERROR, or REPOSITORY_UNREACHABLE when the base has to be fetched again and cannot be
 */
export async function rebuildGitDirectory(
  gitDir: string,
  runId: string,
  files: ArchivedFiles,
  tools: RebuildTools,
): Promise<void> {
  const { source, packs } = files
  const baseTree = baseOf(files)
  if (baseTree === null) throw incomplete(runId, 'what it started from was not recorded')
  if (source.kind === 'repository') {
    const commitPack = packs[0]?.content ?? (await tools.archive.readPack(runId, baseTree))
    const commit = commitPack === null ? null : nameOfOnlyObject(commitPack, baseTree)
    if (commitPack === null || commit === null) throw incomplete(runId, 'the commit that it started from is missing')
    const base = await tools.archive.readBase(baseTree)
    if (base === null) await importRepository(gitDir, { ...source, ref: commit }, tools.access)
    else {
      await initializeGitDirectory(gitDir, formatOf(baseTree))
      await importPack(gitDir, base)
      await importPack(gitDir, commitPack)
      await writeRef(gitDir, 'shallow', commit)
      await writeRef(gitDir, BASE_REF, commit)
    }
    await importPacks(gitDir, runId, packs, tools.archive)
    return
  }
  await initializeGitDirectory(gitDir, formatOf(baseTree))
  if (baseTree !== EMPTY_TREES[formatOf(baseTree)]) {
    const base = await tools.archive.readBase(baseTree)
    if (base === null) throw incomplete(runId, 'the files that it builds on are not kept')
    await importPack(gitDir, base)
  }
  await importPacks(gitDir, runId, packs, tools.archive)
  await startBranch(gitDir, source)
}

/** Takes in those packs of a run that a git directory does not have yet, in order. */
export async function importPacks(
  gitDir: string,
  runId: string,
  packs: readonly ArchivedPack[],
  archive: WorkspaceArchive,
): Promise<void> {
  const missing = await findMissing(
    gitDir,
    packs.map(({ tree }) => tree),
  )
  for (const { tree, content } of packs) {
    if (!missing.has(tree)) continue
    const pack = content ?? (await archive.readPack(runId, tree))
    if (pack === null) throw incomplete(runId, `the objects of its tree ${tree} are gone`)
    await importPack(gitDir, pack)
  }
}

/**
 * What a run that goes on from another one's tree needs of that run. The whole base under it is kept once for all runs.
 * @throws CodexError REPOSITORY_UNREACHABLE when the run is not kept any more; WORKSPACE_ERROR when the tree is none of
 *   it, or its repository is too large to be kept
 */
export async function packOrigin({ runId, tree }: RunSource, tools: RebuildTools): Promise<StartPack> {
  const { archive } = tools
  const origin = await archive.readRun(runId)
  if (origin === null) {
    const message = `The run ${runId}, whose files this one goes on from, was removed.`
    throw new CodexError('REPOSITORY_UNREACHABLE', message, { retryable: false })
  }
  const baseTree = baseOf(origin)
  if (baseTree === null) throw incomplete(runId, 'what it started from was not recorded')
  if (baseTree !== EMPTY_TREES[formatOf(baseTree)] && !(await archive.hasBase(baseTree))) {
    const limit = MAX_BASE_PACK_BYTES / 1024 / 1024
    const message = `The run ${runId} cannot be continued: its repository has more than ${limit} MB, packed. Start a run from the repository itself.`
    throw new CodexError('WORKSPACE_ERROR', message, { retryable: false })
  }
  const memory = await rebuildInMemory(origin, tools)
  if (memory !== null) {
    if (!memory.has(tree)) throw noTreeOf(runId, tree)
    return { tree, baseTree, content: encodePack(memory.reach(tree, baseTree)) }
  }
  return await tools.inScratch(async (gitDir) => {
    await rebuildGitDirectory(gitDir, runId, origin, tools)
    if ((await findMissing(gitDir, [tree])).size > 0) throw noTreeOf(runId, tree)
    return { tree, baseTree, content: await packTree(gitDir, tree, baseTree, MAX_PACK_BYTES) }
  })
}

/** The tree that is kept whole and under everything else of a run; null when nothing was recorded of it. */
function baseOf({ source, packs }: ArchivedFiles): string | null {
  return source.kind === 'empty' ? startOf(source).tree : (packs[0]?.baseTree ?? null)
}

function noTreeOf(runId: string, tree: string): CodexError {
  return new CodexError('WORKSPACE_ERROR', `The tree ${tree} is none of the run ${runId}.`, { retryable: false })
}

function decodePackWithin(pack: Buffer, maxBytes: number, memory: ObjectMemory): readonly GitObject[] | null {
  try {
    const findBase = (hash: string) => memory.objects.get(hash)
    return [...decodePack(pack, { maxBytes, findBase }).values()]
  } catch {
    return null // too large, or git knows better what is wrong with it
  }
}

function incomplete(runId: string, why: string): CodexError {
  return new CodexError(
    'WORKSPACE_ERROR',
    `The files of run ${runId} cannot be rebuilt on this node: ${why}. Start it again as a new run, or bring back the node that executed it.`,
    { retryable: false },
  )
}
