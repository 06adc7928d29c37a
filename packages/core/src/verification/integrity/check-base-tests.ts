import type { TestCaseResult } from '@codex/protocol'
import { looksLikeTest, readProject } from '../project/read-project.ts'
import type { TestRunOutcome } from '../test-bench.ts'
import { checkOriginalTests } from './check-original-tests.ts'
import { isRemovalExcused } from './excused-removals.ts'
import { type CheckContext, type CheckOutcome, outcomeOf } from './integrity-context.ts'
import { type IntegrityFinding, integrityFinding } from './integrity-finding.ts'
import { isTestArea } from './test-area.ts'
import { matchTests, type TestMatches } from './test-changes/match-tests.ts'

const MAX_FINDINGS = 50

/** A case of the base that is not seen to pass on the head tree, by file and name. */
interface Missing {
  readonly path: string
  readonly name: string
}

/** What is known of the base's tests before their original files are put back. */
interface Kept {
  readonly outcome: CheckOutcome
  readonly missing: readonly Missing[]
}

/**
 * Checks that what passed on the base tree still exists and passes on the head tree, and, where the change touches files
 * of the tests, that they pass as they were. The tests of the base are executed only where the sources and the results
 * of the head tree do not say so already.
 * @param changes what comparing the tests of the trees found
 */
export async function checkBaseTests(
  context: CheckContext,
  changes: readonly IntegrityFinding[],
): Promise<CheckOutcome> {
  const { baseView, headView, edits, isExecuted, head } = context
  const files = await baseView.files()
  if (![...files].some((path) => looksLikeTest(path) || path.endsWith('.rs'))) {
    return outcomeOf('base_tests', 'skipped', 'The base has no tests.')
  }
  const cases = head.report?.cases
  if (cases === undefined || head.reasons.length > 0) {
    return outcomeOf('base_tests', 'not_run', 'The tests of the head tree are not green.')
  }
  const matches = await matchTests({ before: baseView, after: headView, edits, isExecuted })
  let known: Promise<TestRunOutcome | null> | null = null
  const runBase = (): Promise<TestRunOutcome | null> => {
    known ??= runBaseTests(context)
    return known
  }
  const { outcome, missing } = await checkKept(context, matches, cases, changes, runBase)
  const original = await checkOriginalTests(context, matches, changes, runBase)
  const findings = original.filter(
    ({ path, name }) => !missing.some((found) => found.path === path && found.name === name),
  )
  if (findings.length === 0) return outcome
  const all = [...outcome.findings, ...findings.slice(0, MAX_FINDINGS).map(({ finding }) => finding)]
  const failing = findings.filter(({ finding }) => finding.severity === 'high').map(({ name }) => name)
  if (failing.length === 0) return { ...outcome, findings: all }
  const before = outcome.check.status === 'failed' ? `${outcome.check.message} ` : ''
  const message = `${before}${failing.length} tests as they were on the base fail on the code of the head tree or cannot be put back: ${failing.slice(0, 3).join('; ')}.`
  return outcomeOf('base_tests', 'failed', message, all)
}

async function checkKept(
  context: CheckContext,
  matches: TestMatches,
  cases: readonly TestCaseResult[],
  changes: readonly IntegrityFinding[],
  runBase: () => Promise<TestRunOutcome | null>,
): Promise<Kept> {
  const doubts = await findDoubts(context, matches, cases)
  const without = (outcome: CheckOutcome): Kept => ({ outcome, missing: [] })
  if (doubts === 0) {
    return without(outcomeOf('base_tests', 'passed', 'Every test of the base is still there and passes.'))
  }
  const base = await runBase()
  if (base === null) {
    return without(outcomeOf('base_tests', 'skipped', 'The base has no tests that the runner would execute.'))
  }
  if (base.report === null) {
    const why = base.reasons[0]?.message ?? 'they left no report'
    const message = `The tests of the base could not be executed: ${why.slice(0, 500)}`
    return without(outcomeOf('base_tests', 'not_run', message))
  }
  const passed = base.report.cases.filter(({ status }) => status === 'passed')
  const all = findMissing(passed, base.report.cases, cases, matches)
  const isGone = ({ name }: Missing): boolean => !cases.some((found) => found.name === name)
  const missing = all.filter((found) => {
    const paths = [found.path, matches.renamed.get(found.path) ?? found.path]
    return !(isGone(found) && isRemovalExcused(changes, paths, found.name))
  })
  const installed = context.edits.some(({ path }) => path === 'package.json')
    ? ' (with the dependencies of the head tree)'
    : ''
  const ran = `${passed.length} tests passed on the base${installed}`
  if (missing.length === 0) {
    const gone = all.length === 0 ? '' : ` but ${all.length} that were removed together with what they test`
    return without(outcomeOf('base_tests', 'passed', `${ran}; each of them is still there and passes${gone}.`))
  }
  const findings = missing.slice(0, MAX_FINDINGS).map((found) => describe(found, cases))
  const names = missing.slice(0, 3).map(({ name }) => name)
  const message = `${ran}; ${missing.length} of them are gone or no longer pass: ${names.join('; ')}.`
  return { outcome: outcomeOf('base_tests', 'failed', message, findings), missing }
}

/** How many things about the base's tests only executing them can tell. */
async function findDoubts(
  { baseView, headView, edits, bench }: CheckContext,
  { matches, before, pairs }: TestMatches,
  cases: readonly TestCaseResult[],
): Promise<number> {
  // tests made out of files: fewer files are fewer tests
  const lostFixtures = edits.filter(
    ({ path, operation }) => operation === 'delete' && isTestArea(path) && !looksLikeTest(path),
  )
  const dynamic = before.filter(({ shape }) => shape.isDynamic)
  const removed = matches.removed.filter(({ shape }) => shape.disabled === null)
  const unsure = matches.matched.filter(
    ({ before: old, after }) =>
      old.shape.disabled === null && !old.shape.isGroup && !passes(cases, after.path, after.shape.name),
  )
  const changed = new Set(pairs.flatMap((pair) => [pair.before, pair.after]))
  const unreadable: string[] = []
  for (const pair of pairs) {
    if (pair.before !== null && (await baseView.shape(pair.before)) === null) unreadable.push(pair.before)
  }
  const headFiles = await headView.files()
  const silent = bench.testFiles.filter((path) => {
    const isSame = !changed.has(path) && headFiles.has(path) && !edits.some((edit) => edit.path === path)
    // some reports name no files
    const own = cases.filter(({ file }) => file === path || file === null)
    return isSame && !own.some(({ status }) => status === 'passed')
  })
  return lostFixtures.length + dynamic.length + removed.length + unsure.length + unreadable.length + silent.length
}

async function runBaseTests({ bench, request }: CheckContext) {
  const { workspace, baseTree, headTree } = request
  try {
    await workspace.restore(baseTree)
    const testFiles = bench.runner.testFiles(await readProject(workspace))
    return testFiles.length === 0 ? null : await bench.run({ purpose: 'baseline', testFiles, coverage: false })
  } finally {
    await workspace.restore(headTree)
  }
}

function findMissing(
  passed: readonly TestCaseResult[],
  base: readonly TestCaseResult[],
  head: readonly TestCaseResult[],
  { matches, before, renamed }: TestMatches,
): Missing[] {
  const missing: Missing[] = []
  const isIn = (path: string, file: string | null): boolean => file === null || file === path
  for (const { id, file, name } of passed) {
    if (head.some((now) => now.id === id && now.status === 'passed')) continue
    const path = file ?? ''
    if (passes(head, renamed.get(path) ?? path, name) || passes(head, null, name)) continue
    const known = before.find((found) => isIn(found.path, file) && found.shape.name === name)
    if (known === undefined) {
      // a case of a table or loop: what counts is that there are as many
      const tables = before.filter((found) => isIn(found.path, file) && found.shape.isDynamic)
      const now = renamed.get(path) ?? path
      const count = (results: readonly TestCaseResult[], of: string): number =>
        results.filter((found) => isIn(of, found.file) && found.status === 'passed').length
      if (tables.length > 0 && count(head, now) >= count(base, path)) continue
      if (
        tables.some(
          (table) => !matches.removed.includes(table) && !matches.matched.some((match) => match.before === table),
        )
      )
        continue
      missing.push({ path: now, name })
      continue
    }
    const match = [...matches.matched, ...matches.rewritten].find((found) => found.before === known)
    if (match === undefined) {
      // merged or split: what it asserts is asserted elsewhere
      if (matches.removed.includes(known)) missing.push({ path, name })
    } else if (!match.after.shape.isDynamic && !passes(head, match.after.path, match.after.shape.name)) {
      missing.push({ path: match.after.path, name })
    }
  }
  return missing
}

function passes(cases: readonly TestCaseResult[], path: string | null, name: string): boolean {
  return cases.some(
    (found) =>
      found.name === name && found.status === 'passed' && (path === null || found.file === null || found.file === path),
  )
}

function describe({ path, name }: Missing, head: readonly TestCaseResult[]): IntegrityFinding {
  const now = head.find((found) => found.name === name)
  const state = now === undefined ? 'is gone' : now.status === 'skipped' ? 'is skipped' : 'fails'
  return integrityFinding(
    `base_test_${now === undefined ? 'missing' : now.status}`,
    'high',
    { path: path || '.' },
    `The test "${name}" passed on the base and ${state} now.`,
  )
}
