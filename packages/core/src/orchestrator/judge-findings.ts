import { type Finding, type ReviewArtifact, SEVERITIES, type Severity, type Verification } from '@codex/protocol'

const FINDINGS_NAMED = 5

/**
 * Adds the gate on findings to a verification: none of the review at or above the threshold may be left.
 * @param review the newest review; undefined where nobody has reviewed yet, which leaves the verification as it is
 * @param threshold null when no gate was asked for
 */
export function judgeFindings(
  verification: Verification,
  review: ReviewArtifact | undefined,
  threshold: Severity | null,
): Verification {
  if (threshold === null || review === undefined) return verification
  const others = verification.gates.filter((gate) => gate.name !== 'findings')
  const blocking = review.findings.filter((finding) => isAtLeast(finding, threshold))
  if (blocking.length === 0) {
    const message = `No finding of the review is ${threshold} or worse.`
    return { ...verification, gates: [...others, { name: 'findings', passed: true, message }] }
  }
  const named = blocking.slice(0, FINDINGS_NAMED).map(({ severity, path, line, message }) => {
    return `${severity} at ${path}:${line}: ${message}`
  })
  const more = blocking.length > FINDINGS_NAMED ? ` and ${blocking.length - FINDINGS_NAMED} more` : ''
  const count = blocking.length === 1 ? '1 finding is' : `${blocking.length} findings are`
  const message = `${count} ${threshold} or worse: ${named.join('; ')}${more}.`
  return {
    ...verification,
    // nothing that was executed is red: only this is
    verdict: verification.verdict === 'failed' ? 'failed' : 'partial',
    reasons: [...verification.reasons, { code: 'findings_above_threshold', message }],
    gates: [...others, { name: 'findings', passed: false, message }],
  }
}

function isAtLeast({ severity }: Pick<Finding, 'severity'>, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(threshold)
}
