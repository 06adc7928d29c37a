import { z } from 'zod'
import { parseIstanbulCoverage } from '../coverage-data/istanbul-coverage.ts'
import type { TestReport } from '../runners/test-runner.ts'
import { parseJestJson } from './jest-json.ts'

const sealedResults = z.object({
  /** The report of the runner, as JSON. */
  report: z.string(),
  /** Istanbul's coverage map, as JSON. */
  coverage: z.string().nullable(),
  errors: z.array(z.string()).default([]),
  flaws: z.array(z.string()),
})

/**
 * Reads what our entries of jest and vitest seal.
 * @throws Error when it is something else
 */
export function parseSealedResults(text: string, worktree: string): TestReport {
  const { report, coverage, errors, flaws } = sealedResults.parse(JSON.parse(text))
  return {
    ...parseJestJson(report, worktree),
    errors,
    flaws,
    coverage: coverage === null ? null : parseIstanbulCoverage(coverage, worktree),
  }
}
