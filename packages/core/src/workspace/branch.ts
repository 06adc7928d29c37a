import { CodexError } from '@codex/protocol'
import { runGit } from './git.ts'
import { writeLooseObject, writeRef } from './loose-store.ts'
import { EMPTY_TREES, encodeCommit, formatOf, hashObject, type ObjectFormat } from './objects/git-object.ts'
import type { CommitRecord, Snapshot, WorkspaceSource } from './workspace.ts'

/** Where a run's git directory keeps the commit that the run started from. */
export const BASE_REF = 'refs/codex/base'

/** The branch that holds a run's commits. */
export function branchOf(runId: string): string {
  return `refs/heads/codex/run/${runId}`
}

export interface BranchState {
  readonly base: Snapshot
  readonly tip: Snapshot
}

/** Reads what a run's git directory says about its branch. */
export async function readBranch(gitDir: string, runId: string): Promise<BranchState> {
  const branch = branchOf(runId)
  const revisions = [`${BASE_REF}^{commit}`, `${BASE_REF}^{tree}`, `${branch}^{commit}`, `${branch}^{tree}`]
  const { stdout } = await runGit(['rev-parse', ...revisions], { gitDir })
  const [baseCommit, baseTree, commit, tree] = stdout.toString().split('\n')
  if (!baseCommit || !baseTree || !commit || !tree) throw new CodexError('INTERNAL', 'git named no commits')
  return { base: { commit: baseCommit, tree: baseTree }, tip: { commit, tree } }
}

/**
 * Puts a commit onto the branch of a run.
 * @param tip its last commit; returned when the tree is the same
 */
export async function advanceBranch(
  gitDir: string,
  runId: string,
  tip: Snapshot,
  { tree, message, committedAt }: CommitRecord,
): Promise<Snapshot> {
  if (tree === tip.tree) return tip
  const object = encodeCommit({ tree, parents: [tip.commit], message: message || 'Change', committedAt })
  const commit = await writeLooseObject(gitDir, object, formatOf(tree))
  await writeRef(gitDir, branchOf(runId), commit)
  return { tree, commit }
}

/** The commit that a run without a repository starts from: the same on every node. */
export function startCommit(source: WorkspaceSource): Parameters<typeof encodeCommit>[0] {
  const tree = source.kind === 'run' ? source.tree : EMPTY_TREES.sha1
  const message = source.kind === 'run' ? `Go on from run ${source.runId}` : 'Start empty'
  return { tree, parents: [], message, committedAt: 0 }
}

/** Starts the branch of a run without a repository; the objects of its tree have to be there. */
export async function startBranch(gitDir: string, source: WorkspaceSource): Promise<void> {
  const facts = startCommit(source)
  const format: ObjectFormat = formatOf(facts.tree)
  if (facts.tree === EMPTY_TREES[format]) {
    await writeLooseObject(gitDir, { type: 'tree', content: Buffer.alloc(0) }, format)
  }
  await writeRef(gitDir, BASE_REF, await writeLooseObject(gitDir, encodeCommit(facts), format))
}

/** Name of {@link startCommit}. */
export function startOf(source: WorkspaceSource): Snapshot {
  const facts = startCommit(source)
  return { tree: facts.tree, commit: hashObject(encodeCommit(facts), formatOf(facts.tree)) }
}
