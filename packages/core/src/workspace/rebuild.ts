import { CodexError } from '@codex/protocol'
import { type ArchivedPack, type ArchivedRun, MAX_BASE_PACK_BYTES, type WorkspaceArchive } from './archive.ts'
import { BASE_REF, startBranch, startOf } from './branch.ts'
import { initializeGitDirectory, writeRef } from './loose-store.ts'
import { MAX_MEMORY_BYTES } from './memory-workspace.ts'
import { EMPTY_TREES, formatOf, type GitObject } from './objects/git-object.ts'
import { createObjectMemory, type ObjectMemory } from './objects/object-memory.ts'
import { decodePack, nameOfOnlyObject } from './objects/pack-file.ts'
import { findMissing, importPack, packWholeTree } from './pack-git.ts'
import { importRepository, type SourceAccess } from './source.ts'
import type { WorkspaceSource } from './workspace.ts'

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
  const { source, packs } = files
  if (packs.some(({ content }) => content === null)) return null
  const baseTree = treeOfSource(files)
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
    const base =
      source.kind === 'run' ? await packOrigin(source, tools) : await tools.archive.readBase(baseTree, MAX_MEMORY_BYTES)
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
  const baseTree = treeOfSource(files)
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
  } else {
    await initializeGitDirectory(gitDir, formatOf(baseTree))
    if (source.kind === 'run' && baseTree !== EMPTY_TREES[formatOf(baseTree)]) {
      await importPack(gitDir, await packOrigin(source, tools))
    }
    await startBranch(gitDir, source)
  }
  await importPacks(gitDir, runId, packs, tools.archive)
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
 * A whole pack of the tree that a run continues, kept under its own name from now on.
 * @throws CodexError REPOSITORY_UNREACHABLE when neither the pack nor the run is kept any more
 */
export async function packOrigin(
  source: Extract<WorkspaceSource, { readonly kind: 'run' }>,
  tools: RebuildTools,
): Promise<Buffer> {
  const { archive } = tools
  const { runId, tree } = source
  const kept = (await archive.hasBase(tree)) ? await archive.readBase(tree) : null
  if (kept !== null) return kept
  const origin = await archive.readRun(runId)
  if (origin === null) {
    throw new CodexError(
      'REPOSITORY_UNREACHABLE',
      `The run ${runId}, whose files this one goes on from, was removed.`,
      { retryable: false },
    )
  }
  const pack = await packTreeOf(runId, tree, origin, tools)
  await archive.writeBase(tree, pack)
  return pack
}

async function packTreeOf(runId: string, tree: string, origin: ArchivedRun, tools: RebuildTools): Promise<Buffer> {
  return await tools.inScratch(async (folder) => {
    await rebuildGitDirectory(folder, runId, origin, tools)
    if ((await findMissing(folder, [tree])).size > 0) {
      throw new CodexError('WORKSPACE_ERROR', `The tree ${tree} is none of the run ${runId}.`, { retryable: false })
    }
    return await packWholeTree(folder, tree, MAX_BASE_PACK_BYTES)
  })
}

/** The tree that the source itself had, before any files that came with the request. */
function treeOfSource({ source, packs }: ArchivedFiles): string | null {
  if (source.kind === 'repository') return packs[0]?.baseTree ?? null
  return startOf(source).tree
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
