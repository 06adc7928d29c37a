import { CodexError, type IntegrityCheck, type IntegrityReport } from '@codex/protocol'
import type { FileEdit } from '../../workspace/workspace.ts'
import { checkMutation, type MutationOutcome } from '../mutation/check-mutation.ts'
import { checkBaseTests } from './check-base-tests.ts'
import { checkNewTests } from './check-new-tests.ts'
import { checkTestEdits } from './check-test-edits.ts'
import {
  assertNotCancelled,
  type CheckContext,
  type CheckOutcome,
  type IntegrityContext,
  integrityReport,
  outcomeOf,
} from './integrity-context.ts'
import { checkTestChanges } from './test-changes/check-test-changes.ts'
import { createTreeView } from './tree-view.ts'

const EXTENSIONS = { javascript: /\.[cm]?[jt]sx?$/, python: /\.py$/, go: /\.go$/, rust: /\.rs$/ } as const

/**
 * Checks that green tests mean something: that none was deleted, skipped or weakened since the base and every tree that
 * was verified before, that those of the base still pass, that new ones fail without the change, and that they notice
 * seeded faults. Nothing that a project does makes it throw; a check that cannot be done is `not_run`.
 *
 * @param context its worktree equals the head tree afterwards
 * @throws CodexError CANCELLED when the verification was cancelled
 */
export async function checkIntegrity(context: IntegrityContext): Promise<IntegrityReport> {
  const { bench, request } = context
  const { workspace, baseTree, headTree, earlierTrees, testEditsByFix } = request
  const view = (tree: string) => createTreeView(workspace, tree)
  const executed = new Set(bench.testFiles)
  const isOfRunner = (path: string): boolean => EXTENSIONS[bench.runner.language].test(path)
  const isExecuted = (path: string): boolean => executed.has(path) || !isOfRunner(path)
  const [baseView, headView] = [view(baseTree), view(headTree)]
  try {
    // the tests that were executed may have left something behind
    await workspace.restore(headTree)
    const earlier = [...new Set(earlierTrees)].filter((tree) => tree !== baseTree && tree !== headTree).map(view)
    const changes = await guard('test_changes', context, async () =>
      checkTestChanges({
        workspace,
        base: baseView,
        earlier,
        head: headView,
        testFiles: bench.testFiles,
        sourceFiles: bench.sourceFiles,
        isOfRunner,
        executed: context.head.reasons.length === 0 ? (context.head.report?.cases ?? null) : null,
      }),
    )
    let known: Promise<readonly FileEdit[]> | null = null
    const diff = (): Promise<readonly FileEdit[]> => {
      known ??= workspace.diff(baseTree, headTree)
      return known
    }
    const run = async (name: IntegrityCheck['name'], work: (checked: CheckContext) => Promise<CheckOutcome>) =>
      await guard(name, context, async () => work({ ...context, baseView, headView, isExecuted, edits: await diff() }))
    const base = await run('base_tests', (checked) => checkBaseTests(checked, changes.findings))
    const added = await run('new_tests', checkNewTests)
    let mutation: MutationOutcome['report'] = null
    const mutated = await run('mutation', async (checked) => {
      const outcome = await checkMutation(checked)
      mutation = outcome.report
      return outcome
    })
    const suspicious = new Set(changes.findings.map(({ path }) => path))
    const outcomes = [base, changes, added, mutated, checkTestEdits(testEditsByFix, suspicious)]
    return integrityReport(outcomes, mutation)
  } finally {
    await workspace.restore(headTree)
  }
}

/** A check that fails to be done says so; only cancelling ends them all. */
async function guard(
  name: IntegrityCheck['name'],
  { request }: IntegrityContext,
  work: () => Promise<CheckOutcome>,
): Promise<CheckOutcome> {
  assertNotCancelled(request.signal)
  try {
    return await work()
  } catch (error) {
    assertNotCancelled(request.signal)
    if (CodexError.isInstance(error) && error.code === 'CANCELLED') throw error
    const reason = error instanceof Error ? error.message : String(error)
    // comparing sources needs nothing but them: what breaks that is not let through
    const status = name === 'test_changes' ? 'failed' : 'not_run'
    return outcomeOf(name, status, `The check could not be done: ${reason.slice(0, 500)}`)
  }
}
