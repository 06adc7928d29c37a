import { type Finding, type ReviewArtifact, SEVERITIES, type Severity } from '@codex/protocol'

/** What one finding costs. */
const SEVERITY_POINTS: Readonly<Record<Severity, number>> = {
  critical: 40,
  high: 20,
  medium: 8,
  low: 3,
  info: 0,
}

/** 100 minus the points of every finding, not below 0. */
export function computeScore(findings: readonly Pick<Finding, 'severity'>[]): number {
  return Math.max(0, 100 - findings.reduce((sum, finding) => sum + SEVERITY_POINTS[finding.severity], 0))
}

/** Changes are requested when any finding is at or above the threshold. */
export function decideVerdict(
  findings: readonly Pick<Finding, 'severity'>[],
  threshold: Severity = 'high',
): ReviewArtifact['verdict'] {
  const limit = SEVERITIES.indexOf(threshold)
  return findings.some((finding) => SEVERITIES.indexOf(finding.severity) >= limit) ? 'request_changes' : 'approve'
}
