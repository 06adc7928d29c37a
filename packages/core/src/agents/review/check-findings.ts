import type { AnalyzerFinding } from '../../verification/analysis.ts'
import type { TreeLines } from '../evidence/tree-lines.ts'
import type { ReviewFinding } from './review-output.ts'

/**
 * Holds the places that a model names against the tree: findings whose file does not exist are dropped, lines past the
 * end of a file are moved to its last line.
 */
export async function checkFindings(
  given: readonly ReviewFinding[],
  lines: TreeLines,
): Promise<{ readonly findings: readonly AnalyzerFinding[]; readonly warnings: readonly string[] }> {
  const warnings: string[] = []
  const findings: AnalyzerFinding[] = []
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
    findings.push({
      severity: finding.severity,
      category: finding.category.trim().toLowerCase(),
      path,
      line,
      ...(endLine > line ? { endLine } : {}),
      message: finding.message.trim(),
      ...(finding.suggestion ? { suggestion: finding.suggestion.trim() } : {}),
      source: 'model',
      ...(finding.rule ? { rule: finding.rule.trim() } : {}),
    })
  }
  return { findings, warnings }
}
