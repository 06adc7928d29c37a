import type { IntegrityCheck, TestCaseResult } from '@codex/protocol'
import type { Workspace } from '../../../workspace/workspace.ts'
import { looksLikeTest } from '../../project/read-project.ts'
import type { IntegrityFinding } from '../integrity-finding.ts'
import { type ConfiguredFiles, compareSettings } from '../runner-config/compare-settings.ts'
import { isRunnerConfig, readSettings } from '../runner-config/read-settings.ts'
import { compareTestScript } from '../runner-config/test-script.ts'
import type { TreeView } from '../tree-view.ts'
import { compareTests } from './compare-tests.ts'
import { findCoverageHints } from './coverage-hints.ts'
import { findHiddenFiles } from './hidden-files.ts'
import { compareSnapshots } from './snapshots.ts'

export interface TestChangesContext {
  readonly workspace: Pick<Workspace, 'diff' | 'listIgnoredFiles'>
  readonly base: TreeView
  /** Trees that were verified before in the same run. */
  readonly earlier: readonly TreeView[]
  readonly head: TreeView
  /** Test files of the head tree that the runner executes. */
  readonly testFiles: readonly string[]
  readonly sourceFiles: readonly string[]
  /** What was executed on the head tree; null when that is not known or red. */
  readonly executed: readonly TestCaseResult[] | null
  /** Whether a path is written in the language whose tests are executed. */
  readonly isOfRunner: (path: string) => boolean
}

export interface TestChanges {
  readonly check: IntegrityCheck
  readonly findings: readonly IntegrityFinding[]
}

const MAX_FINDINGS = 100

/** Compares the tests of the base and of every tree verified before with those of the head tree, without running any. */
export async function checkTestChanges(context: TestChangesContext): Promise<TestChanges> {
  const { workspace, base, earlier, head } = context
  const findings: IntegrityFinding[] = []
  for (const before of [base, ...earlier]) {
    if (before.tree === head.tree) continue
    const edits = await workspace.diff(before.tree, head.tree)
    const executed = new Set(context.testFiles)
    const isExecuted = (path: string): boolean => executed.has(path) || !context.isOfRunner(path)
    findings.push(
      ...(await compareTests({
        before,
        after: head,
        edits,
        isExecuted,
        executed: context.executed,
        judgesNewCases: before === base,
      })),
      ...(await compareSnapshots(edits, before, head)),
      ...(before === base ? findCoverageHints(edits) : []),
    )
    const hasTests = [...(await before.files())].some(looksLikeTest)
    if (!hasTests) continue
    const files: ConfiguredFiles = {
      tests: [...(await head.files())].filter(looksLikeTest),
      sources: context.sourceFiles,
    }
    for (const { path, from } of edits) {
      if (!isRunnerConfig(path)) continue
      const [old, now] = [await before.text(from ?? path), await head.text(path)]
      findings.push(
        ...compareSettings(
          path,
          old === null ? [] : await readSettings(path, old),
          now === null ? [] : await readSettings(path, now),
          files,
        ),
      )
      if (path === 'package.json') findings.push(...compareTestScript(path, old, now))
    }
  }
  findings.push(...(await findHiddenFiles(workspace, context.testFiles, base, head)))
  return conclude(withoutRepeats(findings))
}

/** The same change shows against several trees; the gravest view of it stays. */
function withoutRepeats(findings: readonly IntegrityFinding[]): IntegrityFinding[] {
  const kept = new Map<string, IntegrityFinding>()
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.path, finding.message])
    if (!kept.has(key)) kept.set(key, finding)
  }
  return [...kept.values()]
}

function conclude(findings: readonly IntegrityFinding[]): TestChanges {
  const grave = findings.filter(({ severity }) => severity === 'high' || severity === 'critical')
  if (grave.length === 0) {
    const message =
      findings.length === 0
        ? 'No test was deleted, skipped or weakened.'
        : `No test was deleted, skipped or weakened; ${findings.length} changes of tests are worth a look.`
    return { check: { name: 'test_changes', status: 'passed', message }, findings: findings.slice(0, MAX_FINDINGS) }
  }
  const first = grave.slice(0, 3).map(({ path, message }) => `${path}: ${message}`)
  const more = grave.length > 3 ? ` And ${grave.length - 3} more.` : ''
  const ordered = [...grave, ...findings.filter((finding) => !grave.includes(finding))]
  return {
    check: { name: 'test_changes', status: 'failed', message: `${first.join(' ')}${more}` },
    findings: ordered.slice(0, MAX_FINDINGS),
  }
}
