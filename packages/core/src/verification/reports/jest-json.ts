import type { TestCaseResult } from '@codex/protocol'
import { z } from 'zod'
import { worktreePath } from '../project/worktree-path.ts'
import { CaseIds, shortenFailure } from './test-cases.ts'

const jestReport = z.object({
  numPassedTests: z.number().int(),
  numFailedTests: z.number().int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          duration: z.number().nullish(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

export interface JestJsonReport {
  readonly cases: readonly TestCaseResult[]
  readonly stated: { readonly passed: number; readonly failed: number }
  readonly unfinished: readonly string[]
}

/**
 * Reads the JSON report of jest, whose format vitest's json reporter shares. A file that failed as a whole (it could not
 * be loaded, its worker died) becomes one failed case of its own.
 * @throws Error when the text is not such a report
 * @see https://jestjs.io/docs/configuration#testresultsprocessor-string
 */
export function parseJestJson(text: string, worktree: string): JestJsonReport {
  const report = jestReport.parse(JSON.parse(text))
  const ids = new CaseIds()
  const cases: TestCaseResult[] = []
  const unfinished: string[] = []
  let failedFiles = 0
  for (const suite of report.testResults) {
    const file = worktreePath(suite.name, worktree)
    for (const test of suite.assertionResults) {
      const names = [...test.ancestorTitles, test.title]
      if (test.status === 'unfinished') {
        unfinished.push(`${[file, ...names].join(' > ')} did not end`)
        continue
      }
      const status = test.status === 'passed' ? 'passed' : test.status === 'failed' ? 'failed' : 'skipped'
      cases.push({
        id: ids.next([file, ...names]),
        name: names.join(' > '),
        file,
        status,
        durationMs: Math.max(0, test.duration ?? 0),
        failure: status === 'failed' ? shortenFailure((test.failureMessages ?? []).join('\n')) : null,
      })
    }
    if (suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed')) {
      failedFiles += 1
      const failure = shortenFailure(suite.message ?? '') ?? 'The file failed as a whole.'
      cases.push({ id: ids.next([file]), name: file, file, status: 'failed', durationMs: 0, failure })
    } else if (suite.assertionResults.length === 0) {
      unfinished.push(`${file} reported no test`)
    }
  }
  return { cases, stated: { passed: report.numPassedTests, failed: report.numFailedTests + failedFiles }, unfinished }
}
