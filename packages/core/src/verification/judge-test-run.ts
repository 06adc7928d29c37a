import type { TestExecution, Verification } from '@codex/protocol'
import type { CommandResult } from '../sandbox/sandbox.ts'
import { outputTail } from './command-evidence.ts'
import type { TestReport } from './runners/test-runner.ts'

export type Reason = Verification['reasons'][number]

/** What came of reading the report: the report, nothing, or why it cannot be taken for one. */
export type ReportOutcome =
  | { readonly kind: 'report'; readonly report: TestReport }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly problem: string }
  | { readonly kind: 'forged'; readonly problem: string }

const OUTPUT_CHARACTERS = 800

/**
 * Holds exit code, report and totals against each other. Only a run in which all of them agree on green has no reasons;
 * any contradiction is a failure, whichever side looks better.
 * @param expectedFiles files of which each must have at least one case in the report, even if it is skipped
 */
export function judgeTestRun(
  result: CommandResult,
  outcome: ReportOutcome,
  expectedFiles: readonly string[] = [],
): Reason[] {
  if (result.limit === 'wall') return [reason('timed_out', `The tests did not end within their time limit.`, result)]
  if (result.limit !== null) {
    return [reason('limit_reached', `The tests were ended because they reached the limit "${result.limit}".`, result)]
  }
  const ending = result.exitCode === null ? `signal ${result.signal}` : `exit code ${result.exitCode}`
  if (outcome.kind === 'missing') {
    const message = `The test command ended with ${ending} but left no report; something may have ended its process.`
    return [reason('no_report', message, result)]
  }
  if (outcome.kind === 'forged') {
    const message = `The report was not written by the runner (${outcome.problem}); ${ending}.`
    return [reason('report_forged', message, result)]
  }
  if (outcome.kind === 'unreadable') {
    return [reason('no_report', `The report of the tests cannot be read (${outcome.problem}); ${ending}.`, result)]
  }
  const { report } = outcome
  const { passed, failed } = countCases(report)
  const reasons: Reason[] = []
  if (failed > 0) {
    const names = report.cases.filter(({ status }) => status === 'failed').map(({ name }) => name)
    const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
    const message = `${failed} of ${passed + failed} tests failed: ${names.slice(0, 3).join('; ')}${more}.`
    reasons.push({ code: 'tests_failed', message })
  }
  for (const flaw of report.flaws ?? []) {
    reasons.push({ code: 'report_forged', message: `The report cannot be trusted: ${flaw}.` })
  }
  if (report.unfinished.length > 0) {
    const message = `Not all tests ran to their end: ${firstOf(report.unfinished, '; ')}.`
    reasons.push({ code: 'tests_cut_short', message })
  }
  const errors = report.errors ?? []
  if (errors.length > 0) {
    const text = errors[0]?.slice(0, OUTPUT_CHARACTERS)
    reasons.push({ code: 'unhandled_errors', message: `${errors.length} errors outside of any test: ${text}` })
  }
  if (passed + failed === 0) return [...reasons, reason('no_tests', 'No test was executed.', result)]
  const missing = filesWithoutCases(report, expectedFiles)
  if (missing.length > 0) {
    const message = `No test was executed in ${firstOf(missing, ', ')}; a setting may leave them out, or they declare none.`
    reasons.push({ code: 'tests_not_executed', message })
  }
  if (report.stated !== null && (report.stated.passed !== passed || report.stated.failed !== failed)) {
    const { stated } = report
    const message = `The report disagrees with itself: it states ${stated.passed} passed and ${stated.failed} failed tests but lists ${passed} and ${failed}.`
    reasons.push({ code: 'report_disagrees', message })
  }
  if (failed > 0 && result.exitCode === 0) {
    reasons.push({
      code: 'report_disagrees',
      message: 'The report disagrees with the exit code: it lists failed tests but the command ended with exit code 0.',
    })
  }
  if (failed === 0 && result.exitCode !== 0 && report.unfinished.length === 0 && errors.length === 0) {
    const message = `The report disagrees with the exit code: no test failed by it but the command ended with ${ending}.`
    reasons.push(reason('report_disagrees', message, result))
  }
  return reasons
}

/** Puts a report and the command that made it into the form of the wire. */
export function toTestExecution(framework: string, result: CommandResult, report: TestReport | null): TestExecution {
  const cases = report?.cases ?? []
  const { passed, failed } = countCases({ cases })
  return {
    framework,
    command: result.argv.join(' '),
    exitCode: result.exitCode,
    passed,
    failed,
    skipped: cases.length - passed - failed,
    durationMs: result.durationMs,
    cases: [...cases],
  }
}

function firstOf(texts: readonly string[], separator: string): string {
  const more = texts.length > 10 ? ` and ${texts.length - 10} more` : ''
  return `${texts.slice(0, 10).join(separator)}${more}`
}

/** Those that the report has no case of and says nothing else about. */
function filesWithoutCases({ cases, unfinished }: TestReport, expected: readonly string[]): readonly string[] {
  const known = new Set(cases.map(({ file }) => file))
  return expected.filter((file) => !known.has(file) && !unfinished.some((note) => note.startsWith(`${file} `)))
}

function countCases({ cases }: Pick<TestReport, 'cases'>): { readonly passed: number; readonly failed: number } {
  return {
    passed: cases.filter(({ status }) => status === 'passed').length,
    failed: cases.filter(({ status }) => status === 'failed').length,
  }
}

function reason(code: string, message: string, result: CommandResult): Reason {
  const tail = outputTail(result, OUTPUT_CHARACTERS)
  return { code, message: tail === '' ? message : `${message} Output: ${tail}` }
}
