import { type DismissedFinding, type Finding, SEVERITIES } from '@codex/protocol'
import type { AnalyzerFinding } from '../../verification/analysis.ts'

/** How far apart two reports of the same fault may lie. */
const SAME_PLACE_LINES = 2
const NOT_DISMISSIBLE: ReadonlySet<string> = new Set(['high', 'critical'])

/** A finding of an analyzer as the model is shown it. */
export interface NumberedFinding extends AnalyzerFinding {
  /** A-001, …: what a dismissal refers to. */
  readonly id: string
}

export interface Dismissal {
  readonly id: string
  readonly reason: string
}

export interface MergedFindings {
  /** Sorted by severity, path and line, numbered F-001, …. */
  readonly findings: Finding[]
  readonly dismissed: DismissedFinding[]
  readonly warnings: readonly string[]
}

/** Numbers the analyzers' findings for the model. */
export function numberFindings(findings: readonly AnalyzerFinding[]): readonly NumberedFinding[] {
  return findings.map((finding, index) => ({ id: numbered('A', index), ...finding }))
}

/**
 * Puts what the analyzers found and what the model found into one list. The same fault at the same place is kept once:
 * the analyzer stays its source, the worse severity counts. A dismissal with a reason takes a finding away, but none of
 * high or critical: what a tool proved, a model may not argue away.
 */
export function mergeFindings(
  analyzed: readonly NumberedFinding[],
  fromModel: readonly AnalyzerFinding[],
  dismissals: readonly Dismissal[],
): MergedFindings {
  const warnings: string[] = []
  const reasons = new Map<string, string>()
  for (const { id, reason } of dismissals) {
    const finding = analyzed.find((candidate) => candidate.id === id.trim().toUpperCase())
    if (finding === undefined) warnings.push(`The review dismissed "${id}", which no analyzer reported`)
    else if (NOT_DISMISSIBLE.has(finding.severity)) {
      const place = `${finding.path}:${finding.line}`
      warnings.push(
        `The review wanted to dismiss a ${finding.severity} finding of ${finding.source} at ${place}; it stays`,
      )
    } else if (reason.trim() === '') warnings.push(`The review dismissed ${id} without a reason; it stays`)
    else reasons.set(finding.id, reason.trim())
  }
  const kept: AnalyzerFinding[] = []
  const dismissed: DismissedFinding[] = []
  for (const finding of analyzed) {
    const reason = reasons.get(finding.id)
    const { id, ...rest } = finding
    if (reason === undefined) kept.push(rest)
    else dismissed.push({ id, ...rest, reason })
  }
  for (const finding of fromModel) {
    const index = kept.findIndex((other) => isSameFault(other, finding))
    const known = kept[index]
    if (known === undefined) kept.push(finding)
    else kept[index] = join(known, finding)
  }
  const sorted = kept.toSorted(
    (left, right) => rank(right) - rank(left) || compare(left.path, right.path) || left.line - right.line,
  )
  return { findings: sorted.map((finding, index) => ({ id: numbered('F', index), ...finding })), dismissed, warnings }
}

/** The same place and the same meaning: one rule, one category on one line, or beside it with words in common. */
function isSameFault(left: AnalyzerFinding, right: AnalyzerFinding): boolean {
  if (left.path !== right.path || distance(left, right) > SAME_PLACE_LINES) return false
  const [leftRule, rightRule] = [left.rule, right.rule].map((rule) => rule?.trim().toLowerCase())
  if (leftRule !== undefined && leftRule === rightRule) return true
  // two names of one catalogue mean two things
  if (leftRule?.startsWith('cwe-') && rightRule?.startsWith('cwe-')) return false
  if (left.category !== right.category) return false
  // one source does not tell of the same fault twice on one line
  if (left.line === right.line && (left.source !== right.source || left.message === right.message)) return true
  const words = wordsOf(left.message)
  const shared = [...wordsOf(right.message)].filter((word) => words.has(word)).length
  return shared >= 2
}

function join(known: AnalyzerFinding, other: AnalyzerFinding): AnalyzerFinding {
  const sources = [...new Set([...(known.alsoFoundBy ?? []), other.source, ...(other.alsoFoundBy ?? [])])].filter(
    (source) => source !== known.source,
  )
  const isWorse = rank(other) > rank(known)
  const suggestion = known.suggestion ?? other.suggestion
  return {
    ...known,
    severity: isWorse ? other.severity : known.severity,
    // of two that one source gives, the worse is in its own words; an analyzer's stay
    ...(isWorse && known.source === other.source ? { message: other.message } : {}),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(sources.length === 0 ? {} : { alsoFoundBy: sources }),
  }
}

function distance(left: AnalyzerFinding, right: AnalyzerFinding): number {
  const [leftEnd, rightEnd] = [left.endLine ?? left.line, right.endLine ?? right.line]
  return Math.max(0, left.line - rightEnd, right.line - leftEnd)
}

function wordsOf(message: string): ReadonlySet<string> {
  return new Set(message.toLowerCase().match(/[a-z]{4,}/g) ?? [])
}

const numbered = (letter: string, index: number) => `${letter}-${String(index + 1).padStart(3, '0')}`

function rank(finding: Pick<Finding, 'severity'>): number {
  return SEVERITIES.indexOf(finding.severity)
}

/** By code units, so that the order does not depend on a locale. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
