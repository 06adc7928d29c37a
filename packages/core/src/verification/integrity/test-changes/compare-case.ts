import { type IntegrityFinding, integrityFinding } from '../integrity-finding.ts'
import { type AssertionShape, condense } from '../shapes/test-shape.ts'
import { lostTexts } from './counts.ts'
import { type MatchedCase, textsOf } from './match-cases.ts'

/** What has to be known of the whole change to judge one case of it. */
export interface ChangeTotals {
  /** Whether an assertion that this case lost is still made as often in the tests as a whole. */
  isKeptElsewhere(text: string): boolean
  /** Whether the file has cases that a focused one would hide. */
  hidesOthers(path: string): boolean
}

/** Finds what makes a case say less than it said before. */
export function compareCase({ before, after }: MatchedCase, totals: ChangeTotals): IntegrityFinding[] {
  const old = before.shape
  const now = after.shape
  const place = { path: after.path, line: now.line }
  const title = `The test "${now.name}"`
  const findings: IntegrityFinding[] = []
  if (now.disabled !== null && old.disabled === null) {
    const how = now.disabled === 'conditional' ? 'skipped under a condition' : `switched off (${now.disabled})`
    const severity = now.disabled === 'conditional' ? 'medium' : 'high'
    findings.push(
      integrityFinding(
        'test_skipped',
        severity,
        place,
        `${title} was ${how}.`,
        'Let it run, and make the code pass it.',
      ),
    )
  }
  if (now.isFocused && !old.isFocused) findings.push(focused(title, place, totals))
  findings.push(...compareAssertions({ before, after }, totals))
  if (old.rows.length > now.rows.length && now.rows.length > 0) {
    const message = `${title} ran over ${old.rows.length} rows of a table and has ${now.rows.length} left.`
    findings.push(integrityFinding('test_rows_removed', 'high', place, message))
  } else if (now.rows.length > 0 && lostTexts(old.rows, now.rows).length > 0) {
    const [row = ''] = lostTexts(old.rows, now.rows)
    findings.push(
      integrityFinding('expectation_changed', 'medium', place, `${title} no longer has the row ${cut(row)}.`),
    )
  }
  return findings
}

/** A finding about `.only`. */
export function focused(
  title: string,
  place: { readonly path: string; readonly line: number },
  totals: ChangeTotals,
): IntegrityFinding {
  const hides = totals.hidesOthers(place.path)
  const message = hides
    ? `${title} is marked to run alone, which hides other tests of its file.`
    : `${title} is marked to run alone.`
  return integrityFinding('test_focused', hides ? 'high' : 'medium', place, message, 'Remove the mark.')
}

function compareAssertions({ before, after }: MatchedCase, totals: ChangeTotals): IntegrityFinding[] {
  const old = before.shape
  const now = after.shape
  const place = { path: after.path, line: now.line }
  const title = `The test "${now.name}"`
  const oldTexts = textsOf(old)
  const nowTexts = textsOf(now)
  const trivial = now.assertions.filter(({ isTrivial }) => isTrivial)
  const isTrivialNew = trivial.length > old.assertions.filter(({ isTrivial }) => isTrivial).length
  const fewer = nowTexts.length < oldTexts.length && !isCompensated({ before, after }, totals)
  const severity = fewer ? 'high' : 'medium'
  const findings: IntegrityFinding[] = []
  if (now.swallowed > old.swallowed) {
    const message = `${title} catches and drops the failures of ${now.swallowed} of its assertions.`
    findings.push(
      integrityFinding(
        'assertion_swallowed',
        severity,
        place,
        message,
        'Let the failure of an assertion end the test.',
      ),
    )
  }
  if (now.unreachable > old.unreachable) {
    const message = `${title} returns before ${now.unreachable} of its assertions or never gets to them.`
    findings.push(integrityFinding('assertion_unreachable', severity, place, message))
  }
  if (isTrivialNew) {
    const line = trivial.at(-1)?.line ?? now.line
    const message = `${title} asserts something that always holds: ${cut(trivial.at(-1)?.text ?? '')}.`
    findings.push(integrityFinding('assertion_trivial', severity, { ...place, line }, message))
  }
  if (fewer && findings.length === 0) {
    const gone = lostTexts(oldTexts, nowTexts).slice(0, 3).map(cut).join('; ')
    const message = `${title} had ${oldTexts.length} assertions and has ${nowTexts.length} left; gone: ${gone}.`
    findings.push(
      integrityFinding(
        'assertions_removed',
        'high',
        place,
        message,
        'Put the assertions back, and make the code pass them.',
      ),
    )
  }
  const certain = (assertions: readonly AssertionShape[]): number =>
    assertions.filter(({ isTrivial: holds, isConditional }) => !holds && !isConditional).length
  if (
    findings.length === 0 &&
    nowTexts.length > certain(now.assertions) &&
    certain(now.assertions) < certain(old.assertions)
  ) {
    const message = `${title} makes ${nowTexts.length - certain(now.assertions)} of its assertions under a condition only.`
    findings.push(integrityFinding('assertion_conditional', 'medium', place, message))
  }
  if (findings.length > 0) return findings
  const loosened = findLoosened(old.assertions, now.assertions)
  if (loosened !== null) {
    const message = `${title} asserted ${cut(loosened.old)} and now only ${cut(loosened.now)}.`
    return [integrityFinding('assertion_loosened', 'high', { ...place, line: loosened.line }, message)]
  }
  return compareExpectations({ before, after })
}

function compareExpectations({ before, after }: MatchedCase): IntegrityFinding[] {
  const old = before.shape.assertions.flatMap(({ literals }) => literals)
  const now = after.shape.assertions.flatMap(({ literals }) => literals)
  // what is handed to a function that asserts is still expected
  const lost = lostTexts(old, now).filter((literal) => !after.shape.body.includes(condense(literal)))
  const gained = lostTexts(now, old)
  // a literal that only went away may have become a named constant
  if (lost.length === 0 || gained.length === 0) return []
  const line = after.shape.assertions.find(({ literals }) => literals.some((literal) => gained.includes(literal)))?.line
  const message = `The test "${after.shape.name}" expected ${lost.slice(0, 3).map(cut).join(', ')} and now expects ${gained.slice(0, 3).map(cut).join(', ')}.`
  return [
    integrityFinding('expectation_changed', 'medium', { path: after.path, line: line ?? after.shape.line }, message),
  ]
}

/** Fewer assertions that say no less: they stand elsewhere, or a wider one holds all their values. */
function isCompensated({ before, after }: MatchedCase, totals: ChangeTotals): boolean {
  const lost = lostTexts(textsOf(before.shape), textsOf(after.shape))
  if (lost.every((text) => totals.isKeptElsewhere(text))) return true
  const real = after.shape.assertions.filter(({ isTrivial }) => !isTrivial)
  if (real.length === 0) return false
  const values = before.shape.assertions.filter(({ isTrivial }) => !isTrivial)
  const literals = values.flatMap((assertion) => assertion.literals)
  const isKept =
    lostTexts(
      literals,
      real.flatMap((assertion) => assertion.literals),
    ).length === 0
  const lostShapes = values.filter(({ text }) => lost.includes(text))
  // that something is there at all is implied by an exact look at it
  return isKept && lostShapes.every((shape) => shape.literals.length > 0 || shape.isVague)
}

function findLoosened(
  before: readonly AssertionShape[],
  after: readonly AssertionShape[],
): { readonly old: string; readonly now: string; readonly line: number } | null {
  const lost = before.filter((old) => !after.some(({ text }) => text === old.text))
  const gained = after.filter((now) => !before.some(({ text }) => text === now.text))
  for (const old of lost) {
    if (old.isTrivial || old.isVague) continue
    for (const now of gained) {
      const isBoolean = old.literals.length > 0 && old.literals.every((literal) => literal === 'true')
      const bySubject = now.isVague && now.subject !== '' && now.subject === old.subject && !isBoolean
      // assert add(1, 2) == 3  ->  assert add(1, 2)
      const prefix = now.text.replace(/isnotNone$/, '')
      const byPrefix =
        now.subject === '' && /^[=!<>]/.test(old.text.startsWith(prefix) ? old.text.slice(prefix.length) : '')
      if (bySubject || byPrefix) return { old: old.text, now: now.text, line: now.line }
    }
  }
  return null
}

function cut(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`
}
