import type { TestCaseResult } from '@codex/protocol'
import { sourceFiles } from '../project/source-files.ts'
import type { TestRunOutcome } from '../test-bench.ts'
import { type CheckContext, type CheckOutcome, outcomeOf } from './integrity-context.ts'
import { type IntegrityFinding, integrityFinding } from './integrity-finding.ts'
import { isTestArea } from './test-area.ts'
import { matchTests, type TestMatches } from './test-changes/match-tests.ts'

const MAX_FINDINGS = 30

/** A case of the head tree that has to say something about the change. */
interface Target {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly line: number
  /** False: it was there before and was changed, or comes out of a table. */
  readonly isNew: boolean
}

/** Checks that new tests fail without the change: those that pass anyway prove nothing about it. */
export async function checkNewTests(context: CheckContext): Promise<CheckOutcome> {
  const { bench, baseView, headView, edits, isExecuted, head } = context
  const files = [...(await baseView.files())]
  const sources = sourceFiles({ files, manifest: null, testSources: new Map() }, bench.runner)
  if (sources.length === 0) return outcomeOf('new_tests', 'skipped', 'The base holds no product code.')
  const known = new Set([...sources, ...bench.sourceFiles])
  if (!edits.some(({ path, from }) => known.has(path) || (from !== undefined && known.has(from)))) {
    return outcomeOf('new_tests', 'skipped', 'The change holds no product code.')
  }
  if (head.report === null || head.reasons.length > 0) {
    return outcomeOf('new_tests', 'not_run', 'The tests of the head tree are not green.')
  }
  const matches = await matchTests({ before: baseView, after: headView, edits, isExecuted })
  const targets = findTargets(matches, head.report.cases)
  if (targets.length === 0) return outcomeOf('new_tests', 'skipped', 'The change brings no new or changed test.')

  const outcome = await runWithoutChange(context, [...new Set(targets.map(({ path }) => path))])
  const passing = readPassing(outcome, bench.runner.language)
  if (passing === null) {
    const why = outcome.reasons[0]?.message ?? 'they left no report'
    return outcomeOf(
      'new_tests',
      'not_run',
      `The new tests could not be executed without the change: ${why.slice(0, 500)}`,
    )
  }
  const idle = targets.filter(({ id }) => passing.has(id))
  const telling = targets.length - idle.length
  const findings = idle.filter(({ isNew }) => isNew).map((target) => describe(target, targets, idle))
  const shown = findings.slice(0, MAX_FINDINGS)
  if (telling === 0 && !targets.some(({ isNew }) => isNew)) {
    const message = `None of the ${targets.length} changed tests tells of the change; they pass without it as well.`
    return outcomeOf('new_tests', 'passed', message)
  }
  if (telling === 0) {
    const message = `None of the ${targets.length} new or changed tests fails without the change, so none of them tests it.`
    return outcomeOf('new_tests', 'failed', message, shown)
  }
  const message = `${telling} of ${targets.length} new or changed tests fail without the change.`
  return outcomeOf('new_tests', 'passed', message, shown)
}

function findTargets({ matches, pairs, after }: TestMatches, cases: readonly TestCaseResult[]): Target[] {
  const added = new Set(matches.added)
  const changed = new Set(
    [...matches.matched, ...matches.rewritten]
      .filter((match) => match.before.shape.body !== match.after.shape.body)
      .map((match) => match.after),
  )
  const known = new Map(pairs.flatMap((pair) => (pair.after === null ? [] : [[pair.after, pair.before]])))
  const targets: Target[] = []
  for (const { id, name, file, status } of cases) {
    if (status !== 'passed') continue
    const shape = after.find((found) => (file === null || found.path === file) && found.shape.name === name)
    const path = file ?? shape?.path ?? null
    if (path === null || !known.has(path)) continue
    const isNewFile = known.get(path) === null && (shape === undefined || added.has(shape))
    if (shape === undefined && !isNewFile && !after.some((found) => found.path === path && found.shape.isDynamic))
      continue
    if (shape !== undefined && !added.has(shape) && !changed.has(shape)) continue
    targets.push({
      id,
      name,
      path,
      line: shape?.shape.line ?? 1,
      isNew: isNewFile || (shape !== undefined && added.has(shape)),
    })
  }
  return targets
}

/** Executes test files of the head tree on the product code of the base tree. */
async function runWithoutChange(
  { bench, request, baseView, edits }: CheckContext,
  testFiles: readonly string[],
): Promise<TestRunOutcome> {
  const { workspace, headTree } = request
  try {
    for (const { path, from, operation } of edits) {
      if (isTestArea(path)) continue
      const former = operation === 'create' ? null : (from ?? path)
      if (operation === 'create' || operation === 'rename') await workspace.deleteFile(path)
      if (former === null) continue
      // what is no text stays as it is
      const text = await baseView.text(former)
      if (text !== null) await workspace.writeFile(former, text)
    }
    return await bench.run({ purpose: 'baseline', testFiles, coverage: false })
  } finally {
    await workspace.restore(headTree)
  }
}

/** Ids of the cases that passed; null when the run says nothing. */
function readPassing(outcome: TestRunOutcome, language: string): ReadonlySet<string> | null {
  const { report, result } = outcome
  if (result.limit !== null) return null
  if (report !== null) return new Set(report.cases.filter(({ status }) => status === 'passed').map(({ id }) => id))
  // where everything is compiled first, tests of what is not there do not even start
  return (language === 'go' || language === 'rust') && result.exitCode !== 0 ? new Set() : null
}

function describe(target: Target, targets: readonly Target[], idle: readonly Target[]): IntegrityFinding {
  const { path, line, name } = target
  const isFileTelling = targets.some((other) => other.path === path && !idle.includes(other))
  const message = `The new test "${name}" passes without the change as well.`
  return integrityFinding('passes_without_change', isFileTelling ? 'low' : 'medium', { path, line }, message)
}
