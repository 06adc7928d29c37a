import { z } from 'zod'
import { worktreePath } from '../project/worktree-path.ts'
import type { FileCoverage } from './file-coverage.ts'

const coveragePyReport = z.object({
  files: z.record(
    z.string(),
    z.object({
      executed_lines: z.array(z.number().int()),
      missing_lines: z.array(z.number().int()),
      summary: z.object({ num_branches: z.number().optional(), covered_branches: z.number().optional() }),
    }),
  ),
})

/**
 * Reads the JSON report of coverage.py. It tells whether a line was run, not how often.
 * @throws Error when the text is not such a report
 * @see https://coverage.readthedocs.io/en/latest/commands/cmd_json.html
 */
export function parsePythonCoverage(text: string, worktree: string): FileCoverage[] {
  const report = coveragePyReport.parse(JSON.parse(text))
  return Object.entries(report.files).map(([path, file]) => ({
    path: worktreePath(path, worktree),
    lines: new Map([
      ...file.executed_lines.map((line) => [line, 1] as const),
      ...file.missing_lines.map((line) => [line, 0] as const),
    ]),
    branches:
      file.summary.num_branches === undefined
        ? null
        : { total: file.summary.num_branches, covered: file.summary.covered_branches ?? 0 },
    functions: null,
    statements: null,
  }))
}
