import { type Finding, SEVERITIES } from '@codex/protocol'
import type { TreeLines } from '../evidence/tree-lines.ts'
import type { ReviewFinding } from './review-output.ts'

/**
 * Turns a model's findings into ours: those whose file does not exist are dropped, lines past the end of a file are
 * moved to its last line, the same fault at the same place is kept once with its highest severity. Sorted by severity,
 * path and line, numbered F-001, ….
 */
export async function checkFindings(
  given: readonly ReviewFinding[],
  lines: TreeLines,
): Promise<{ readonly findings: Finding[]; readonly warnings: readonly string[] }> {
  const warnings: string[] = []
  const kept = new Map<string, Omit<Finding, 'id'>>()
  for (const finding of given) {
    const path = await lines.resolve(finding.path)
    if (path === null) {
      warnings.push(`A review finding was dropped, its file "${finding.path}" does not exist: ${finding.message}`)
      continue
    }
    const count = await lines.countLines(path)
    const line = Math.min(finding.line, count)
    if (line < finding.line) {
      warnings.push(
        `A review finding named line ${finding.line} of "${path}", which has ${count}; it was moved to the end`,
      )
    }
    const endLine = Math.min(finding.endLine ?? line, count)
    const checked: Omit<Finding, 'id'> = {
      severity: finding.severity,
      category: finding.category.trim().toLowerCase(),
      path,
      line,
      ...(endLine > line ? { endLine } : {}),
      message: finding.message.trim(),
      ...(finding.suggestion ? { suggestion: finding.suggestion.trim() } : {}),
      source: 'model',
      ...(finding.rule ? { rule: finding.rule.trim() } : {}),
    }
    const key = findKey(kept, checked)
    const before = kept.get(key)
    if (before === undefined || rank(checked) > rank(before)) kept.set(key, { ...before, ...checked })
  }
  const sorted = [...kept.values()].toSorted(
    (left, right) => rank(right) - rank(left) || comparePaths(left.path, right.path) || left.line - right.line,
  )
  const findings = sorted.map((finding, index) => ({ id: `F-${String(index + 1).padStart(3, '0')}`, ...finding }))
  return { findings, warnings }
}

/** The key of the same fault when it was kept already, else a new one: same line and same category, rule or words. */
function findKey(kept: ReadonlyMap<string, Omit<Finding, 'id'>>, finding: Omit<Finding, 'id'>): string {
  for (const [key, other] of kept) {
    if (other.path !== finding.path || other.line !== finding.line) continue
    const sameRule = other.rule !== undefined && other.rule === finding.rule
    if (sameRule || other.category === finding.category || other.message === finding.message) return key
  }
  return `${finding.path}:${finding.line}:${kept.size}`
}

function rank(finding: Pick<Finding, 'severity'>): number {
  return SEVERITIES.indexOf(finding.severity)
}

/** By code units, so that the order does not depend on a locale. */
function comparePaths(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
