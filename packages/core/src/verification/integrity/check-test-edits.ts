import type { VerifyRequest } from '../verifier.ts'
import { type CheckOutcome, outcomeOf } from './integrity-context.ts'
import { integrityFinding } from './integrity-finding.ts'

const MAX_REASON = 500

/**
 * Checks that the fixing agent gave a reason for each test file that it touched. Every such edit is flagged; one in a
 * file whose tests changed their meaning more so.
 * @param suspicious paths with findings about their tests
 */
export function checkTestEdits(edits: VerifyRequest['testEditsByFix'], suspicious: ReadonlySet<string>): CheckOutcome {
  if (edits.length === 0) return outcomeOf('test_edits_by_fix', 'skipped', 'The fixing agent changed no test file.')
  const silent = edits.filter(({ reason }) => reason.trim() === '')
  const findings = edits.map(({ path, reason }) => {
    const given = reason.trim().slice(0, MAX_REASON)
    if (given === '') {
      const message = 'The fixing agent changed this test file and gave no reason.'
      return integrityFinding(
        'test_edit_without_reason',
        'high',
        { path },
        message,
        'Change the code rather than the test, or say why the test was wrong.',
      )
    }
    const severity = suspicious.has(path) ? 'medium' : 'info'
    return integrityFinding(
      'test_edit_by_fix',
      severity,
      { path },
      `The fixing agent changed this test file. Its reason: ${given}`,
    )
  })
  if (silent.length > 0) {
    const message = `The fixing agent changed ${silent
      .map(({ path }) => path)
      .slice(0, 5)
      .join(', ')} without giving a reason.`
    return outcomeOf('test_edits_by_fix', 'failed', message, findings)
  }
  const message = `The fixing agent changed ${edits.length} test ${edits.length === 1 ? 'file' : 'files'} and gave a reason for each.`
  return outcomeOf('test_edits_by_fix', 'passed', message, findings)
}
