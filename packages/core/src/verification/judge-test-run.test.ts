import { expect, test } from 'vitest'
import type { CommandResult } from '../sandbox/sandbox.ts'
import { COMMAND_LIMITS } from './command-limits.ts'
import { judgeTestRun, type ReportOutcome } from './judge-test-run.ts'
import type { TestReport } from './runners/test-runner.ts'

const result = (exitCode: number | null, more: Partial<CommandResult> = {}): CommandResult => ({
  argv: ['runner'],
  cwd: '.',
  envNames: [],
  exitCode,
  signal: null,
  limit: null,
  stdout: 'said this',
  stderr: '',
  outputTruncated: false,
  outputDigest: '',
  durationMs: 1,
  peakMemoryBytes: 0,
  limits: COMMAND_LIMITS.test,
  network: [],
  deniedHosts: [],
  driver: 'bubblewrap',
  isolated: true,
  ...more,
})
type Status = 'passed' | 'failed' | 'skipped'
const outcome = (statuses: Status[], more: Partial<TestReport> = {}): ReportOutcome => ({
  kind: 'report',
  report: {
    cases: statuses.map((status, index) => ({
      id: `t${index}`,
      name: `t${index}`,
      file: null,
      status,
      durationMs: 0,
      failure: null,
    })),
    stated: null,
    unfinished: [],
    coverage: null,
    ...more,
  },
})

test.each<[string, CommandResult, ReportOutcome, string[]]>([
  ['green with exit code 0', result(0), outcome(['passed', 'skipped']), []],
  ['red with exit code 1', result(1), outcome(['passed', 'failed']), ['tests_failed']],
  ['red with exit code 0', result(0), outcome(['failed']), ['tests_failed', 'report_disagrees']],
  ['green with exit code 1', result(1), outcome(['passed']), ['report_disagrees']],
  ['green but ended by a signal', result(null, { signal: 'SIGKILL' }), outcome(['passed']), ['report_disagrees']],
  [
    'totals better than the cases',
    result(0),
    outcome(['passed'], { stated: { passed: 9, failed: 0 } }),
    ['report_disagrees'],
  ],
  ['no report', result(0), { kind: 'missing' }, ['no_report']],
  ['an unreadable report', result(0), { kind: 'unreadable', problem: 'no JSON' }, ['no_report']],
  ['a forged report', result(0), { kind: 'forged', problem: 'its seal is wrong' }, ['report_forged']],
  [
    'a report under its seal that still cannot be trusted',
    result(0),
    outcome(['passed'], { flaws: ['tests ran in the process of the runner'] }),
    ['report_forged'],
  ],
  ['errors outside of tests', result(1), outcome(['passed'], { errors: ['lost'] }), ['unhandled_errors']],
  ['no cases', result(0), outcome([]), ['no_tests']],
  ['nothing but skipped', result(0), outcome(['skipped']), ['no_tests']],
  ['cut short', result(0), outcome(['passed'], { unfinished: ['a ended'] }), ['tests_cut_short']],
  ['out of time, green until then', result(null, { limit: 'wall' }), outcome(['passed']), ['timed_out']],
  ['out of memory', result(null, { limit: 'memory' }), outcome(['passed']), ['limit_reached']],
])('judges %s', (_what, commandResult, reportOutcome, codes) => {
  expect(judgeTestRun(commandResult, reportOutcome).map(({ code }) => code)).toEqual(codes)
})

test('names the files of which nothing was reported', () => {
  const cases = ['a', 'b'].map((name, index) => ({
    id: name,
    name,
    file: `${name}.test.js`,
    status: index === 0 ? ('passed' as const) : ('skipped' as const),
    durationMs: 0,
    failure: null,
  }))
  const report = outcome([], { cases, unfinished: ['d.test.js ended early'] })
  const files = ['a.test.js', 'b.test.js', 'c.test.js', 'd.test.js']
  const reasons = judgeTestRun(result(0), report, files)
  expect(reasons.map(({ code }) => code)).toEqual(['tests_cut_short', 'tests_not_executed'])
  expect(reasons[1]?.message).toContain('No test was executed in c.test.js;')
})

test('says "report disagrees" in so many words', () => {
  for (const judged of [judgeTestRun(result(1), outcome(['passed'])), judgeTestRun(result(0), outcome(['failed']))]) {
    expect(judged.at(-1)?.message).toContain('report disagrees')
  }
})

test('shows what the command printed when there is no report', () => {
  expect(judgeTestRun(result(1), { kind: 'missing' })[0]?.message).toMatch(/exit code 1 but left no report.*said this/)
})
