import { expect, test } from 'vitest'
import { parsePytestReport } from './pytest-report.ts'

const testCase = (names: string[], status: string, more: object = {}) => ({
  file: 'tests/test_a.py',
  names,
  status,
  durationMs: 1.5,
  failure: status === 'failed' ? 'E  assert 1 == 2' : null,
  finished: true,
  ...more,
})
const parse = (cases: readonly object[], more: object = {}) =>
  parsePytestReport(JSON.stringify({ cases, collected: cases.length, exitStatus: 0, coverage: null, ...more }), '/w')

test('reads cases with their file, class and failure', () => {
  const report = parse([testCase(['TestA', 'test_x[1]'], 'passed'), testCase(['test_y'], 'failed')])
  expect(report.cases).toEqual([
    {
      id: 'tests/test_a.py > TestA > test_x[1]',
      name: 'TestA > test_x[1]',
      file: 'tests/test_a.py',
      status: 'passed',
      durationMs: 1.5,
      failure: null,
    },
    expect.objectContaining({ id: 'tests/test_a.py > test_y', status: 'failed', failure: 'E  assert 1 == 2' }),
  ])
  expect(report).toMatchObject({ unfinished: [], coverage: null })
})

test('counts a file that cannot be loaded as one failed case', () => {
  const report = parse([testCase([], 'failed')], { collected: 0, exitStatus: 2 })
  expect(report.cases).toMatchObject([{ id: 'tests/test_a.py', name: 'tests/test_a.py', status: 'failed' }])
  expect(report.unfinished).toEqual([])
})

test('tells what did not run to its end', () => {
  expect(parse([testCase(['test_x'], 'passed', { finished: false })]).unfinished).toEqual([
    'tests/test_a.py > test_x did not end',
  ])
  expect(parse([testCase(['test_x'], 'passed')], { collected: 3 }).unfinished).toEqual([
    '2 of 3 collected tests were not executed',
  ])
  expect(parse([], { exitStatus: null }).unfinished).toEqual(['The session of pytest did not end'])
})

test('refuses anything else', () => {
  expect(() => parsePytestReport('{}', '/w')).toThrow()
  expect(() => parsePytestReport('<testsuites/>', '/w')).toThrow()
})
