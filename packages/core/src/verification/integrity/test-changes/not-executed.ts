import type { TestCaseResult } from '@codex/protocol'
import { type IntegrityFinding, integrityFinding } from '../integrity-finding.ts'
import type { MatchedCase, PlacedCase } from './match-cases.ts'

/**
 * Finds cases that stand in their file as before and yet were not executed: behind a condition, or announced to something
 * that only looks like the test framework. A file whose report lists as many cases as its source is left alone, since
 * some runners write names in their own way.
 */
export function findNotExecuted(
  matched: readonly MatchedCase[],
  cases: readonly PlacedCase[],
  executed: readonly TestCaseResult[],
): IntegrityFinding[] {
  const names = new Map<string, Set<string>>()
  const counts = new Map<string, number>()
  for (const { file, name } of executed) {
    if (file === null) return []
    const known = names.get(file) ?? new Set()
    names.set(file, known.add(name))
    counts.set(file, (counts.get(file) ?? 0) + 1)
  }
  const announced = new Map<string, number>()
  for (const { path } of cases) announced.set(path, (announced.get(path) ?? 0) + 1)
  return matched.flatMap(({ before, after: { path, shape } }) => {
    if (shape.isDynamic || shape.isGroup || shape.disabled !== null || before.shape.disabled !== null) return []
    const isListed = names.get(path)?.has(shape.name) ?? false
    if (isListed || (counts.get(path) ?? 0) >= (announced.get(path) ?? 0)) return []
    const message = `The test "${shape.name}" stands in the file but was not executed.`
    return [integrityFinding('test_not_executed', 'high', { path, line: shape.line }, message)]
  })
}
