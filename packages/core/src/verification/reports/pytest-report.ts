import { z } from 'zod'
import { parsePythonCoverage } from '../coverage-data/python-coverage.ts'
import type { TestReport } from '../runners/test-runner.ts'
import { CaseIds, shortenFailure } from './test-cases.ts'

const pytestReport = z.object({
  cases: z.array(
    z.object({
      file: z.string(),
      /** Class and function; empty when the file could not be loaded. */
      names: z.array(z.string()),
      status: z.enum(['passed', 'failed', 'skipped']),
      durationMs: z.number(),
      failure: z.string().nullable(),
      finished: z.boolean(),
    }),
  ),
  collected: z.number().int(),
  /** Null: the session did not come to its end. */
  exitStatus: z.number().int().nullable(),
  coverage: z.string().nullable(),
})

/**
 * Reads what our plugin for pytest seals. A file that cannot be loaded is one failed case.
 * @throws Error when it is something else
 */
export function parsePytestReport(text: string, worktree: string): TestReport {
  const report = pytestReport.parse(JSON.parse(text))
  const ids = new CaseIds()
  const unfinished = report.cases
    .filter(({ finished, status }) => !finished && status !== 'failed')
    .map(({ file, names }) => `${[file, ...names].join(' > ')} did not end`)
  const executed = report.cases.filter(({ names }) => names.length > 0).length
  const isBroken = report.cases.some(({ names }) => names.length === 0)
  if (executed < report.collected && !isBroken) {
    unfinished.push(`${report.collected - executed} of ${report.collected} collected tests were not executed`)
  }
  if (report.exitStatus === null) unfinished.push('The session of pytest did not end')
  return {
    cases: report.cases.map(({ file, names, status, durationMs, failure }) => ({
      id: ids.next([file, ...names]),
      name: names.join(' > ') || file,
      file,
      status,
      durationMs: Math.max(0, durationMs),
      failure: status === 'failed' ? shortenFailure(failure ?? '') : null,
    })),
    stated: null,
    unfinished,
    coverage: report.coverage === null ? null : parsePythonCoverage(report.coverage, worktree),
  }
}
