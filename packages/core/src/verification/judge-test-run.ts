import type { TestExecution, Verification } from '@codex/protocol'
import type { CommandResult } from '../sandbox/sandbox.ts'
import { outputTail } from './command-evidence.ts'
import type { TestReport } from './runners/test-runner.ts'

export type Reason = Verification['reasons'][number]

/** What came of reading the report: the report, nothing, or why it could not be read. */
export type ReportOutcome =
  | { readonly kind: 'report'; readonly report: TestReport }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly problem: string }

const OUTPUT_CHARACTERS = 800

/**
 * Holds exit code, report and totals against each other. Only a run in which all of them agree on green has no reasons;
 * any contradiction is a failure, whichever side looks better.
 */
export function judgeTestRun(result: CommandResult, outcome: ReportOutcome): Reason[] {
  if (result.limit === 'wall') return [reason('timed_out', `The tests did not end within their time limit.`, result)]
  if (result.limit !== null) {
    return [reason('limit_reached', `The tests were ended because they reached the limit "${result.limit}".`, result)]
  }
  const ending = result.exitCode === null ? `signal ${result.signal}` : `exit code ${result.exitCode}`
  if (outcome.kind === 'missing') {
    const message = `The test command ended with ${ending} but left no report; something may have ended its process.`
    return [reason('no_report', message, result)]
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
  if (passed + failed === 0) {
    const notes = report.unfinished.length > 0 ? ` ${report.unfinished.slice(0, 3).join('; ')}.` : ''
    return [reason('no_tests', `No test was executed.${notes}`, result)]
  }
  if (report.unfinished.length > 0) {
    const message = `Not all tests ran to their end: ${report.unfinished.slice(0, 5).join('; ')}.`
    reasons.push({ code: 'tests_cut_short', message })
  }
  if (report.stated !== null && (report.stated.passed !== passed || report.stated.failed !== failed)) {
    const { stated } = report
    const message = `The report states ${stated.passed} passed and ${stated.failed} failed tests but lists ${passed} and ${failed}.`
    reasons.push({ code: 'report_disagrees', message })
  }
  if (failed > 0 && result.exitCode === 0) {
    reasons.push({
      code: 'report_disagrees',
      message: 'The report lists failed tests but the command ended with exit code 0.',
    })
  }
  if (failed === 0 && result.exitCode !== 0 && report.unfinished.length === 0) {
    const message = `No test failed by the report but the command ended with ${ending}.`
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
