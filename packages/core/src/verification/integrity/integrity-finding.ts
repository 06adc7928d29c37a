import type { Finding, Severity } from '@codex/protocol'

/** A finding before the report numbers it. */
export type IntegrityFinding = Omit<Finding, 'id'>

/** Makes a finding about tests. `line` is of the head tree where the file is still there. */
export function integrityFinding(
  rule: string,
  severity: Severity,
  place: { readonly path: string; readonly line?: number },
  message: string,
  suggestion?: string,
): IntegrityFinding {
  return {
    severity,
    category: 'tests',
    path: place.path,
    line: Math.max(1, place.line ?? 1),
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
    source: 'integrity',
    rule,
  }
}
