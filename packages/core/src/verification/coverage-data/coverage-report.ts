import type { CoverageReport } from '@codex/protocol'
import type { CoverageGoal } from '../verifier.ts'
import type { CoveredCount, FileCoverage } from './file-coverage.ts'

/**
 * Sums up coverage over the project's source files. Percentages are made from counts, never taken from a report.
 * @param sourceFiles the files that count; others in the measurement are left out
 * @returns null when none of them was measured
 */
export function summarizeCoverage(
  measured: readonly FileCoverage[],
  sourceFiles: readonly string[],
  goal: CoverageGoal | null,
): CoverageReport | null {
  const counted = new Set(sourceFiles)
  const files = measured.filter(({ path, lines }) => counted.has(path) && lines.size > 0)
  if (files.length === 0) return null
  const totals = {
    lines: percentage(sum(files.map(({ lines }) => countLines(lines)))) ?? 0,
    branches: percentage(sum(files.map(({ branches }) => branches))),
    functions: percentage(sum(files.map(({ functions }) => functions))),
    statements: percentage(sum(files.map(({ statements }) => statements))),
  }
  return {
    ...totals,
    files: files
      .map(({ path, lines, branches }) => ({
        path,
        lines: percentage(countLines(lines)) ?? 0,
        branches: percentage(branches),
        uncoveredLines: [...lines]
          .filter(([, hits]) => hits === 0)
          .map(([line]) => line)
          .sort((a, b) => a - b),
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    goal: goal === null ? null : { ...goal },
    met: goal === null ? null : missedGoals(totals, goal).length === 0,
  }
}

/** Every goal that was not reached, as sentences. What the tool does not measure is not reached. */
export function missedGoals(totals: Pick<CoverageReport, keyof CoverageGoal>, goal: CoverageGoal): string[] {
  const missed: string[] = []
  for (const metric of ['lines', 'branches', 'functions', 'statements'] as const) {
    const wanted = goal[metric]
    const reached = totals[metric]
    if (wanted === undefined) continue
    if (reached === null)
      missed.push(`Coverage of ${metric} is not measured by this test runner; the goal is ${wanted} %.`)
    else if (reached < wanted) missed.push(`${reached} % of ${metric} are covered; the goal is ${wanted} %.`)
  }
  return missed
}

function countLines(lines: ReadonlyMap<number, number>): CoveredCount {
  return { total: lines.size, covered: [...lines.values()].filter((hits) => hits > 0).length }
}

/** Null as soon as one file has no count: the tool does not measure it. */
function sum(counts: readonly (CoveredCount | null)[]): CoveredCount | null {
  let total = 0
  let covered = 0
  for (const count of counts) {
    if (count === null) return null
    total += count.total
    covered += count.covered
  }
  return { total, covered }
}

/** Rounded down to two digits, so that 79.999 does not become the 80 that was asked for. */
function percentage(count: CoveredCount | null): number | null {
  if (count === null) return null
  return count.total === 0 ? 100 : Math.floor((count.covered / count.total) * 10_000) / 100
}
