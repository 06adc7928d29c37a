import type { IntegrityReport } from '@codex/protocol'
import { looksLikeTest } from '../project/read-project.ts'
import type { VerifyRequest } from '../verifier.ts'
import { integrityReport } from './integrity-context.ts'
import { checkTestChanges } from './test-changes/check-test-changes.ts'
import { createTreeView } from './tree-view.ts'

/**
 * Compares the tests of the base and of every earlier tree with a head tree whose tests cannot be executed: whoever takes
 * all tests away must not get by for want of something to execute.
 * @returns null when there were no tests before either
 */
export async function checkVanishedTests({
  workspace,
  baseTree,
  headTree,
  earlierTrees,
}: Pick<VerifyRequest, 'workspace' | 'baseTree' | 'headTree' | 'earlierTrees'>): Promise<IntegrityReport | null> {
  const view = (tree: string) => createTreeView(workspace, tree)
  const earlier = [...new Set(earlierTrees)].filter((tree) => tree !== baseTree && tree !== headTree).map(view)
  const base = view(baseTree)
  const before = await Promise.all([base, ...earlier].map((tree) => tree.files()))
  if (!before.some((files) => [...files].some(looksLikeTest))) return null
  const outcome = await checkTestChanges({
    workspace,
    base,
    earlier,
    head: view(headTree),
    testFiles: [],
    sourceFiles: [],
    isOfRunner: () => false,
    executed: null,
  })
  return integrityReport([outcome], null)
}
