import { z } from 'zod'
import { worktreePath } from '../project/worktree-path.ts'
import type { CoveredCount, FileCoverage } from './file-coverage.ts'

const hits = z.record(z.string(), z.number())
const istanbulFile = z.object({
  path: z.string(),
  statementMap: z.record(z.string(), z.object({ start: z.object({ line: z.number().int() }) })),
  s: hits,
  f: hits,
  b: z.record(z.string(), z.array(z.number())),
})
const istanbulReport = z.record(z.string(), istanbulFile)

/**
 * Reads `coverage-final.json`, which jest and vitest both write. A line counts as run as often as its most run statement
 * that starts there, which is how istanbul itself derives lines.
 * @throws Error when the text is not such a report
 * @see https://github.com/istanbuljs/istanbuljs/blob/main/docs/raw-output.md
 */
export function parseIstanbulCoverage(text: string, worktree: string): FileCoverage[] {
  const report = istanbulReport.parse(JSON.parse(text))
  return Object.values(report).map((file) => {
    const lines = new Map<number, number>()
    for (const [id, statement] of Object.entries(file.statementMap)) {
      const line = statement.start.line
      lines.set(line, Math.max(lines.get(line) ?? 0, file.s[id] ?? 0))
    }
    return {
      path: worktreePath(file.path, worktree),
      lines,
      branches: countCovered(Object.values(file.b).flat()),
      functions: countCovered(Object.values(file.f)),
      statements: countCovered(Object.values(file.s)),
    }
  })
}

function countCovered(hitCounts: readonly number[]): CoveredCount {
  return { total: hitCounts.length, covered: hitCounts.filter((count) => count > 0).length }
}
