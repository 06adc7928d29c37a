import { type IntegrityFinding, integrityFinding } from '../integrity-finding.ts'
import { type ChangeTotals, focused } from './compare-case.ts'
import { type PlacedCase, textsOf } from './match-cases.ts'

/** Calls that fail by themselves when something is not as expected. */
const ASSERTS_BY_ITSELF =
  /^(getBy|getAllBy|findBy|findAllBy|waitFor|assert|expect|verify|check|match|snapshot|should|rapid|property)/i

/** Finds tests of the change itself that cannot say anything. */
export function judgeNewCases(added: readonly PlacedCase[], totals: ChangeTotals): IntegrityFinding[] {
  return added.flatMap(({ path, shape }) => {
    const place = { path, line: shape.line }
    const title = `The new test "${shape.name}"`
    if (shape.isGroup) return []
    const findings: IntegrityFinding[] = []
    if (shape.isFocused) findings.push(focused(title, place, totals))
    if (shape.disabled !== null) {
      const severity = shape.disabled === 'conditional' ? 'low' : 'medium'
      return [
        ...findings,
        integrityFinding('new_test_skipped', severity, place, `${title} is switched off (${shape.disabled}).`),
      ]
    }
    if (textsOf(shape).length > 0 || shape.calls.some((name) => ASSERTS_BY_ITSELF.test(name))) return findings
    const why =
      shape.swallowed > 0
        ? 'drops the failures of its assertions'
        : shape.unreachable > 0
          ? 'never gets to its assertions'
          : shape.assertions.length > 0
            ? 'only asserts what always holds'
            : 'asserts nothing'
    return [...findings, integrityFinding('test_without_assertion', 'medium', place, `${title} ${why}.`)]
  })
}
