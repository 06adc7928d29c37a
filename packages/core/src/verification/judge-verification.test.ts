import type { CoverageReport, IntegrityReport } from '@codex/protocol'
import { expect, test } from 'vitest'
import { judgeVerification, type Seen } from './judge-verification.ts'

const COVERAGE: CoverageReport = {
  lines: 70,
  branches: null,
  functions: null,
  statements: null,
  files: [],
  goal: null,
  met: null,
}
const INTEGRITY: IntegrityReport = {
  checks: [{ name: 'test_changes', status: 'failed', message: 'The test "adds" was deleted.' }],
  findings: [],
  mutation: {
    candidates: 9,
    killed: 1,
    survived: 1,
    mutants: [
      { path: 'a.js', line: 3, operator: 'x', original: '<', replacement: '<=', status: 'survived' },
      { path: 'a.js', line: 4, operator: 'x', original: '+', replacement: '-', status: 'killed' },
    ],
  },
}
const ASKED = { coverageGoal: null, integrity: 'enforce', maxMutantsSurviving: null, testsExpected: true } as const
const GREEN: Seen = { testReasons: [], noTests: null, coverage: COVERAGE, integrity: null, commands: [] }
const NO_TESTS: Seen['noTests'] = { verdict: 'not_run', reason: { code: 'no_tests_found', message: 'No tests.' } }

const judge = (asked: Partial<Parameters<typeof judgeVerification>[0]>, seen: Partial<Seen>) => {
  const { verdict, reasons, gates } = judgeVerification({ ...ASKED, ...asked }, { ...GREEN, ...seen })
  return [verdict, reasons.map(({ code }) => code), gates.map(({ name, passed }) => `${name}:${passed}`)]
}

test('green tests with nothing else asked for pass', () => {
  expect(judge({}, {})).toEqual(['passed', [], ['tests:true']])
})

test('red tests fail', () => {
  const testReasons = [{ code: 'tests_failed', message: '1 failed.' }]
  expect(judge({}, { testReasons })).toEqual(['failed', ['tests_failed'], ['tests:false']])
})

test('coverage below the goal leaves it partial, and each missed goal is a reason', () => {
  expect(judge({ coverageGoal: { lines: 70 } }, {})).toEqual(['passed', [], ['tests:true', 'coverage:true']])
  const missed = ['partial', ['coverage_below_goal'], ['tests:true', 'coverage:false']]
  expect(judge({ coverageGoal: { lines: 80 } }, {})).toEqual(missed)
  const unknown = ['partial', ['coverage_not_measured'], ['tests:true', 'coverage:null']]
  expect(judge({ coverageGoal: { lines: 80 } }, { coverage: null })).toEqual(unknown)
})

test('weakened tests fail where integrity is enforced, and only stand there where it is reported', () => {
  const seen = { integrity: INTEGRITY }
  expect(judge({}, seen)).toEqual(['failed', ['integrity_test_changes'], ['tests:true', 'integrity:false']])
  expect(judge({ integrity: 'report' }, seen)).toEqual(['passed', [], ['tests:true', 'integrity:false']])
})

test('surviving mutants count only against a limit that was set', () => {
  const integrity = { ...INTEGRITY, checks: [] }
  expect(judge({ maxMutantsSurviving: 1 }, { integrity })[0]).toBe('passed')
  expect(judge({ maxMutantsSurviving: 0 }, { integrity }).slice(0, 2)).toEqual(['partial', ['mutants_survived']])
  const { gates } = judgeVerification({ ...ASKED, maxMutantsSurviving: 0 }, { ...GREEN, integrity })
  expect(gates.at(-1)?.message).toBe('1 of 2 seeded faults went unnoticed, 0 may: a.js:3 "<" -> "<=".')
  expect(judge({ maxMutantsSurviving: 0 }, {}).slice(0, 2)).toEqual(['partial', ['mutants_not_checked']])
})

test('a required command that fails is a reason of its own', () => {
  const commands = [
    { command: 'npm run lint', problem: 'ended with exit code 1.' },
    { command: 'true', problem: null },
  ]
  const { verdict, reasons } = judgeVerification(ASKED, { ...GREEN, commands })
  expect([verdict, reasons]).toEqual([
    'partial',
    [{ code: 'required_command_failed', message: '"npm run lint" ended with exit code 1.' }],
  ])
})

test('without tests: not run, unless something else was asked for and decides', () => {
  const seen = { testReasons: null, noTests: NO_TESTS, coverage: null }
  expect(judge({}, seen)).toEqual(['not_run', ['no_tests_found'], ['tests:null']])
  expect(judge({ testsExpected: false }, seen)[0]).toBe('not_run')
  const good = [{ command: 'true', problem: null }]
  expect(judge({ testsExpected: false }, { ...seen, commands: good })).toEqual(['passed', [], ['commands:true']])
  expect(judge({}, { ...seen, commands: good })[0]).toBe('not_run')
  const bad = [{ command: 'false', problem: 'ended with exit code 1.' }]
  expect(judge({}, { ...seen, commands: bad })[0]).toBe('failed')
})

test('a failed installation is a failure', () => {
  const noTests = { verdict: 'failed' as const, reason: { code: 'install_failed', message: 'No such package.' } }
  expect(judge({}, { testReasons: null, noTests })).toEqual(['failed', ['install_failed'], ['tests:false']])
})

test('checks that could not be done leave the gate open and say why', () => {
  const integrity: IntegrityReport = {
    checks: [{ name: 'base_tests', status: 'not_run', message: 'The base cannot be executed.' }],
    findings: [],
    mutation: null,
  }
  expect(judge({}, { integrity })).toEqual(['passed', [], ['tests:true', 'integrity:null']])
})

test('where there is nothing to seed faults into, their limit is kept', () => {
  const integrity: IntegrityReport = {
    checks: [{ name: 'mutation', status: 'skipped', message: 'The change holds no product code.' }],
    findings: [],
    mutation: null,
  }
  expect(judge({ maxMutantsSurviving: 0 }, { integrity })[2]).toContain('mutants:true')
})
