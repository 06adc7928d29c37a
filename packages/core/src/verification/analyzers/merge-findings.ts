import { SEVERITIES, type Severity } from '@codex/protocol'
import type { AnalyzerFinding } from '../analysis.ts'
import type { RawFinding } from './analyzer-tool.ts'

/** More of one rule in one file say nothing new. */
const MAX_OF_RULE_IN_FILE = 10
const MAX_FINDINGS = 200
/** A tool that was fed by a hostile file may print any number. */
const MAX_COMPARED = 100
/** Analyzers name the line of the call or of the argument. */
const NEARBY_LINES = 1

export interface SourcedFinding extends RawFinding {
  readonly source: string
}

export interface MergedFindings {
  readonly findings: readonly AnalyzerFinding[]
  /** How many of each analyzer were left out, since a review holds only so many. */
  readonly leftOut: ReadonlyMap<string, number>
}

/**
 * Makes one finding of those that say the same of the same place, worst first. The words are those of the most specific
 * analyzer, the severity is the highest.
 * @param specificFirst names of analyzers by how much they know of what they find
 */
export function mergeFindings(found: readonly SourcedFinding[], specificFirst: readonly string[]): MergedFindings {
  const rank = ({ source }: SourcedFinding): number => specificFirst.indexOf(source)
  const merged: Merged[] = []
  const bySubject = new Map<string, Merged[]>()
  const leftOut = new Map<string, number>()
  const leave = ({ source }: SourcedFinding): void => {
    leftOut.set(source, (leftOut.get(source) ?? 0) + 1)
  }
  for (const finding of [...found].sort(
    (first, second) => rank(first) - rank(second) || comparePlaces(first, second),
  )) {
    const subject = `${finding.path}\0${finding.meaning}`
    const alike = bySubject.get(subject) ?? []
    bySubject.set(subject, alike)
    const same = alike.find((other) => isSame(other.finding, finding))
    if (same !== undefined) {
      same.sources.add(finding.source)
      if (weight(finding.severity) > weight(same.severity)) same.severity = finding.severity
    } else if (alike.length >= MAX_COMPARED) leave(finding)
    else {
      const first = { finding, sources: new Set([finding.source]), severity: finding.severity }
      merged.push(first)
      alike.push(first)
    }
  }
  const sorted = merged.sort(
    (first, second) => weight(second.severity) - weight(first.severity) || comparePlaces(first.finding, second.finding),
  )
  const counts = new Map<string, number>()
  const kept = sorted.filter(({ finding }) => {
    const key = `${finding.source}\0${finding.rule}\0${finding.path}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count <= MAX_OF_RULE_IN_FILE
  })
  const findings = kept.slice(0, MAX_FINDINGS)
  const isKept = new Set(findings)
  for (const one of sorted) if (!isKept.has(one)) leave(one.finding)
  return { findings: findings.map(present), leftOut }
}

interface Merged {
  readonly finding: SourcedFinding
  readonly sources: Set<string>
  severity: Severity
}

function present({ finding, sources, severity }: Merged): AnalyzerFinding {
  const { meaning: _meaning, endLine, ...rest } = finding
  const others = [...sources].filter((source) => source !== finding.source)
  return {
    ...rest,
    severity,
    ...(endLine !== undefined && endLine > finding.line ? { endLine } : {}),
    ...(others.length > 0 ? { alsoFoundBy: others } : {}),
  }
}

/** Of two findings that mean the same in one file. */
function isSame(first: SourcedFinding, second: SourcedFinding): boolean {
  if (first.source === second.source) return first.line === second.line
  return (
    second.line <= (first.endLine ?? first.line) + NEARBY_LINES &&
    first.line <= (second.endLine ?? second.line) + NEARBY_LINES
  )
}

function comparePlaces(first: RawFinding, second: RawFinding): number {
  if (first.path !== second.path) return first.path < second.path ? -1 : 1
  return first.line - second.line || (first.rule < second.rule ? -1 : Number(first.rule > second.rule))
}

function weight(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}
