import { CodexError, type TestCaseResult } from '@codex/protocol'
import { readProject } from '../project/read-project.ts'
import type { TestRunOutcome } from '../test-bench.ts'
import { isRemovalExcused } from './excused-removals.ts'
import type { CheckContext } from './integrity-context.ts'
import { type IntegrityFinding, integrityFinding } from './integrity-finding.ts'
import { isTestOrSupport } from './test-area.ts'
import { textsOf } from './test-changes/match-cases.ts'
import type { TestMatches } from './test-changes/match-tests.ts'

/** What is wrong with a case of the base as it was; `name` is the path for a file as a whole. */
export interface OriginalFinding {
  readonly path: string
  readonly name: string
  readonly finding: IntegrityFinding
}

const VISIBLE = new Set(['expectation_changed', 'test_rewritten'])

/**
 * Executes the tests of the base, as they were, on the code of the head tree: whatever was done to a test, its support or
 * its expected results to make it pass, the original does not know of it.
 * @param changes what comparing the tests of the trees found
 * @param runBase executes the tests of the base on the base; only called when there is a failure to explain
 */
export async function checkOriginalTests(
  context: CheckContext,
  matches: TestMatches,
  changes: readonly IntegrityFinding[],
  runBase: () => Promise<TestRunOutcome | null>,
): Promise<readonly OriginalFinding[]> {
  const former = context.edits
    .filter(({ operation }) => operation !== 'create')
    .map(({ path, from }) => from ?? path)
    .filter(isTestOrSupport)
  if (former.length === 0) return []
  const stuck: OriginalFinding[] = []
  const outcome = await runOriginals(context, former, (path) => stuck.push(describeStuck(path)))
  if (outcome === null || (outcome.report !== null && outcome.reasons.length === 0)) return stuck
  const base = await runBase()
  const passed = base?.report?.cases.filter(({ status }) => status === 'passed') ?? []
  if (passed.length === 0) return stuck
  const results = outcome.report?.cases ?? []
  const unloaded = findUnloaded(passed, results).filter((path) => !isFileExcused(changes, path))
  const failing = passed
    .filter(({ id }) => results.some((found) => found.id === id && found.status === 'failed'))
    // a test fails with each of its subtests, which say more
    .filter(({ name, file }, _index, all) => !all.some((o) => o.file === file && o.name.startsWith(`${name} > `)))
    .filter((found) => !isExplained(found, matches, changes))
  return [
    ...stuck,
    ...failing.map((found) => {
      const { file, name } = found
      const path = file ?? '.'
      if (isRestated(found, matches)) {
        const message = `The test "${name}" as it was on the base fails on the code of the head tree; what it asserts was changed with it.`
        return { path, name, finding: integrityFinding('base_test_restated', 'medium', { path }, message) }
      }
      const message = `The test "${name}" as it was on the base fails on the code of the head tree.`
      const remedy = 'Make the code pass the original test, or change what the test expects where it can be seen.'
      return { path, name, finding: integrityFinding('base_test_fails_on_head', 'high', { path }, message, remedy) }
    }),
    ...unloaded.map((path) => {
      const message = `The tests of ${path} as they were on the base cannot be executed on the code of the head tree.`
      return { path, name: path, finding: integrityFinding('base_tests_not_loaded', 'medium', { path }, message) }
    }),
  ]
}

/** What takes the place of a file keeps the original from being tried; that must not be a way around it. */
function describeStuck(path: string): OriginalFinding {
  const message = `${path} of the base cannot be put back to try the original tests: a folder or a link has its place.`
  const remedy = 'Give what stands there another name.'
  return { path, name: path, finding: integrityFinding('base_test_place_taken', 'high', { path }, message, remedy) }
}

/** Puts the former files back on the head tree and executes the base's tests; null when it had none. */
async function runOriginals(
  { bench, request, baseView }: CheckContext,
  former: readonly string[],
  onStuck: (path: string) => void,
): Promise<TestRunOutcome | null> {
  const { workspace, headTree } = request
  try {
    for (const path of former) {
      // what is no text stays as it is
      const text = await baseView.text(path)
      if (text === null) continue
      try {
        await workspace.writeFile(path, text)
      } catch (error) {
        // a folder or a link stands there now
        if (!CodexError.isInstance(error) || error.code !== 'WORKSPACE_ERROR') throw error
        onStuck(path)
      }
    }
    const known = await baseView.files()
    const testFiles = bench.runner.testFiles(await readProject(workspace)).filter((path) => known.has(path))
    return testFiles.length === 0 ? null : await bench.run({ purpose: 'baseline', testFiles, coverage: false })
  } finally {
    await workspace.restore(headTree)
  }
}

/** Files of which no case that passed on the base was even started. */
function findUnloaded(passed: readonly TestCaseResult[], results: readonly TestCaseResult[]): readonly string[] {
  const known = new Set(results.map(({ id }) => id))
  const files = new Set(passed.map(({ file }) => file ?? '.'))
  return [...files].filter((path) => !passed.some(({ id, file }) => (file ?? '.') === path && known.has(id)))
}

/** A file that was deleted together with what it tests. */
function isFileExcused(changes: readonly IntegrityFinding[], path: string): boolean {
  return changes.some((found) => found.rule === 'test_file_deleted' && found.path === path)
}

/** Whether somebody who reads the change sees that this case expects something else now, or went with its feature. */
function isExplained(
  { file, name }: TestCaseResult,
  { before, matches, renamed }: TestMatches,
  changes: readonly IntegrityFinding[],
): boolean {
  const isOwn = (path: string): boolean => file === null || path === file
  const own = before.filter((found) => isOwn(found.path))
  const exact = own.filter(({ shape }) => shape.name === name)
  // the names of a table are made when it runs
  const shapes = exact.length > 0 ? exact : own.filter(({ shape }) => shape.isDynamic)
  const now = [...matches.matched, ...matches.rewritten].filter((match) => shapes.includes(match.before))
  const path = file ?? '.'
  if (isRemovalExcused(changes, [path, renamed.get(path) ?? path], name) && now.length === 0) return true
  const isVisible = changes.some(
    (found) =>
      VISIBLE.has(found.rule ?? '') &&
      now.some(({ after }) => found.path === after.path && found.message.includes(`"${after.shape.name}"`)),
  )
  return isVisible || isRecordedAnew(changes, path, name)
}

/** Whether an assertion of the case reads differently now: a new signature or a new promise, there for all to see. */
function isRestated({ file, name }: TestCaseResult, { matches }: TestMatches): boolean {
  return [...matches.matched, ...matches.rewritten].some(({ before, after }) => {
    if (before.shape.name !== name || (file !== null && before.path !== file)) return false
    const now = textsOf(after.shape)
    return now.length > 0 && textsOf(before.shape).some((text) => !now.includes(text))
  })
}

/** Snapshots are named by their test, with a number. */
function isRecordedAnew(changes: readonly IntegrityFinding[], path: string, name: string): boolean {
  const base = path.split('/').at(-1) ?? path
  const recorded = [name, name.replaceAll(' > ', ' ')]
  return changes.some(
    (found) =>
      found.rule === 'snapshot_rewritten' &&
      (found.path.split('/').at(-1) ?? '').startsWith(`${base}.`) &&
      (recorded.some((text) => found.message.includes(text)) || found.message.includes('was recorded anew')),
  )
}
