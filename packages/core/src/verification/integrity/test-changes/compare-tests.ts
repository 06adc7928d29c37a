import type { TestCaseResult } from '@codex/protocol'
import type { FileEdit } from '../../../workspace/workspace.ts'
import { looksLikeTest } from '../../project/read-project.ts'
import { type IntegrityFinding, integrityFinding } from '../integrity-finding.ts'
import { MAX_PARSED_CHARACTERS } from '../parse-javascript.ts'
import { resolveImport } from '../tree-view.ts'
import { compareCase } from './compare-case.ts'
import { countTexts } from './counts.ts'
import { judgeNewCases } from './judge-new-cases.ts'
import { executedTexts, type PlacedCase } from './match-cases.ts'
import { type FilePair, matchTests, type TreeComparison } from './match-tests.ts'
import { findNotExecuted } from './not-executed.ts'

export interface TestComparison extends TreeComparison {
  /** What was executed on the head tree; null when that is not known or red. */
  readonly executed: readonly TestCaseResult[] | null
  /** Whether cases that are new in this comparison are judged by themselves. */
  readonly judgesNewCases: boolean
}

/** Finds tests that were deleted, switched off or made to say less between two trees. */
export async function compareTests(comparison: TestComparison): Promise<IntegrityFinding[]> {
  const { candidates, pairs, before: oldCases, after: nowCases, renamed, matches } = await matchTests(comparison)
  const findings: IntegrityFinding[] = []
  for (const pair of candidates) {
    findings.push(...(await describeUnreadable(comparison, pair)))
    findings.push(...(await compareHelpers(comparison, pair)))
  }
  const counts = [oldCases, nowCases].map((cases) => countTexts(cases.flatMap(({ shape }) => executedTexts(shape))))
  const hidden = new Set(nowCases.filter(({ shape }) => !shape.isFocused).map(({ path }) => path))
  const totals = {
    isKeptElsewhere: (text: string) => (counts[1]?.get(text) ?? 0) >= (counts[0]?.get(text) ?? 0),
    hidesOthers: (path: string) => hidden.has(path),
  }
  for (const match of matches.matched) findings.push(...compareCase(match, totals))
  for (const { before: old, after: now } of matches.rewritten) {
    const message = `The test "${old.shape.name}" was replaced by "${now.shape.name}", which expects something else.`
    findings.push(integrityFinding('test_rewritten', 'medium', { path: now.path, line: now.shape.line }, message))
    if (now.shape.disabled !== null && old.shape.disabled === null)
      findings.push(...compareCase({ before: old, after: now }, totals).filter(({ rule }) => rule === 'test_skipped'))
  }
  if (comparison.executed !== null) findings.push(...findNotExecuted(matches.matched, nowCases, comparison.executed))
  findings.push(...(await describeRemoved(comparison, matches.removed, oldCases, renamed)))
  findings.push(...(await describeExits(comparison, pairs)))
  if (comparison.judgesNewCases) {
    const replaced = new Set(matches.rewritten.map((match) => match.after))
    findings.push(
      ...judgeNewCases(
        matches.added.filter((found) => !replaced.has(found)),
        totals,
      ),
    )
  }
  return findings
}

/** Files as a whole where nothing of them is left, else one finding for each case. */
async function describeRemoved(
  comparison: TestComparison,
  removed: readonly PlacedCase[],
  all: readonly PlacedCase[],
  renamed: ReadonlyMap<string, string>,
): Promise<IntegrityFinding[]> {
  const findings: IntegrityFinding[] = []
  const gone = removedDefinitions(comparison.edits)
  for (const path of new Set(removed.map((found) => found.path))) {
    const cases = removed.filter((found) => found.path === path)
    const isWhole = !renamed.has(path) && cases.length === all.filter((found) => found.path === path).length
    if (isWhole) {
      findings.push(await describeDeletedFile(comparison, path, cases.length))
      continue
    }
    const place = renamed.get(path) ?? path
    for (const { shape } of cases) {
      const product = shape.calls.find((name) => gone.has(name)) ?? null
      const severity = shape.disabled !== null ? 'low' : product === null ? 'high' : 'medium'
      const why = product === null ? '' : `, together with "${product}"`
      const message = `The test "${shape.name}" was deleted${why}.`
      findings.push(
        integrityFinding('test_removed', severity, { path: place }, message, 'Put it back, and make the code pass it.'),
      )
    }
  }
  return findings
}

async function describeDeletedFile(
  { before, after, edits }: TestComparison,
  path: string,
  count: number,
): Promise<IntegrityFinding> {
  const files = await after.files()
  const tests = `${count} ${count === 1 ? 'test' : 'tests'}`
  if (files.has(path) || edits.some((edit) => edit.from === path)) {
    const now = edits.find((edit) => edit.from === path)?.path ?? path
    const message = `The ${tests} of ${path} are no longer executed.`
    return integrityFinding(
      'test_file_deleted',
      'high',
      { path: now },
      message,
      'Give the file a name that the test runner finds.',
    )
  }
  const shape = await before.shape(path)
  const targets = (shape?.imports ?? []).map((specifier) =>
    resolveImport(path, specifier, new Set(edits.flatMap((edit) => (edit.operation === 'delete' ? [edit.path] : [])))),
  )
  const product = targets.find((target) => target !== null && !looksLikeTest(target)) ?? deletedNamesake(edits, path)
  if (product) {
    const message = `The test file was deleted with ${tests}, together with ${product}.`
    return integrityFinding('test_file_deleted', 'medium', { path }, message)
  }
  const message = `The test file was deleted with ${tests}.`
  return integrityFinding('test_file_deleted', 'high', { path }, message, 'Put it back, and make the code pass it.')
}

/** `calc.py` for `tests/test_calc.py`, `calc.go` for `calc_test.go`, when it was deleted. */
function deletedNamesake(edits: readonly FileEdit[], path: string): string | undefined {
  const stem = (path.split('/').at(-1) ?? '').replace(/\.\w+$/, '').replace(/^test_|_test$|[._-](test|spec)$/g, '')
  return edits.find(
    (edit) =>
      edit.operation === 'delete' &&
      !looksLikeTest(edit.path) &&
      edit.path
        .split('/')
        .at(-1)
        ?.replace(/\.\w+$/, '') === stem,
  )?.path
}

const DEFINITION =
  /\b(?:function\*?|const|let|class|def|func|fn)\s{1,9}(?:\([^)]{0,200}\)\s{1,9})?([A-Za-z_]\w{0,100})|^.\s{0,40}(?:async\s{1,9})?([A-Za-z_]\w{0,100})\s?\([^{]{0,200}\{/

/** Names of the functions whose definitions a change of the product takes away. */
function removedDefinitions(edits: readonly FileEdit[]): ReadonlySet<string> {
  const names: Record<'-' | '+', Set<string>> = { '-': new Set(), '+': new Set() }
  for (const { diff } of edits.filter((edit) => !looksLikeTest(edit.path))) {
    for (const line of diff.split('\n')) {
      const sign = line[0]
      if (sign !== '-' && sign !== '+') continue
      const found = DEFINITION.exec(line.slice(0, 400))
      const name = found?.[1] ?? found?.[2]
      if (name !== undefined) names[sign].add(name)
    }
  }
  return new Set([...names['-']].filter((name) => !names['+'].has(name)))
}

/** Test support that asserts less takes it from every test that uses it. */
async function compareHelpers({ before, after }: TestComparison, pair: FilePair): Promise<IntegrityFinding[]> {
  if (pair.before === null || pair.after === null || !looksLikeTest(pair.before)) return []
  const old = await before.shape(pair.before)
  const now = await after.shape(pair.after)
  // where a file has cases of its own, each of them is compared with what it calls
  if (old === null || now === null || old.cases.length > 0) return []
  const findings: IntegrityFinding[] = []
  for (const [name, assertions] of old.helpers) {
    const left = now.helpers.get(name)?.filter(({ isTrivial }) => !isTrivial).length ?? 0
    const isStillThere = new RegExp(`\\b${name.replace(/\W/g, '')}\\b`).test((await after.text(pair.after)) ?? '')
    const had = assertions.filter(({ isTrivial }) => !isTrivial).length
    if (left >= had || !isStillThere) continue
    const message = `The test support function "${name}" made ${had} assertions and makes ${left}.`
    findings.push(integrityFinding('assertions_removed', 'high', { path: pair.after }, message))
  }
  return findings
}

/** What ends the process of the tests, and what stands in the place of the test framework. */
async function describeExits(
  { before, after }: TestComparison,
  pairs: readonly FilePair[],
): Promise<IntegrityFinding[]> {
  const findings: IntegrityFinding[] = []
  for (const pair of pairs) {
    if (pair.after === null) continue
    const old = pair.before === null ? null : await before.shape(pair.before)
    const now = await after.shape(pair.after)
    const { exits, shadows, mocks } = now ?? { exits: [], shadows: [], mocks: [] }
    for (const mocked of mocks.filter((name) => old?.imports.includes(name) && !old.mocks.includes(name))) {
      const message = `The test file tested ${mocked} and now puts something else in its place.`
      findings.push(integrityFinding('subject_mocked', 'medium', { path: pair.after }, message))
    }
    if (exits.length > (old?.exits.length ?? 0)) {
      const message = 'The test file ends the process that runs the tests.'
      const place = { path: pair.after, line: exits.at(-1) ?? 1 }
      findings.push(integrityFinding('process_exit', 'high', place, message, 'Let the test runner end its process.'))
    }
    if (shadows.length > (old?.shadows.length ?? 0)) {
      const message = 'The test file puts something of its own in the place of what the test framework gives.'
      const place = { path: pair.after, line: shadows.at(-1) ?? 1 }
      findings.push(integrityFinding('framework_replaced', 'high', place, message))
    }
  }
  return findings
}

/** A test file that was readable and is not any more, or was changed and never was. */
async function describeUnreadable({ before, after }: TestComparison, pair: FilePair): Promise<IntegrityFinding[]> {
  const path = pair.after
  if (path === null || !looksLikeTest(path) || !/\.([cm]?[jt]sx?|py|go|rs)$/.test(path)) return []
  if ((await after.shape(path)) !== null) return []
  const text = await after.text(path)
  const isLarge = text === null || text.length > MAX_PARSED_CHARACTERS
  const had = pair.before === null ? 0 : ((await before.shape(pair.before))?.cases.length ?? 0)
  const reason = isLarge ? 'is too large or no text' : 'is no valid syntax'
  const message = `The test file ${reason}, so its tests cannot be compared.`
  return [integrityFinding('test_unreadable', had > 0 ? 'high' : isLarge ? 'info' : 'medium', { path }, message)]
}
