import { expect, test } from 'vitest'
import { parseNodeTestReport } from './node-test-report.ts'
import { readFixture } from './read-fixture.fixture.ts'

const FILES = ['test/exit0.test.js', 'test/exit3.test.js', 'test/math.test.js', 'test/plain.test.js']

test('reads cases with their suites, failures and coverage', () => {
  const report = parseNodeTestReport(readFixture('node-test.ndjson'), '/project', FILES)
  expect(report.cases.map(({ id, status }) => [id, status])).toEqual([
    ['test/exit3.test.js > a', 'passed'],
    ['test/math.test.js > math > adds <1> & "2"', 'passed'],
    ['test/math.test.js > math > fails', 'failed'],
    ['test/math.test.js > math > skips', 'skipped'],
    ['test/math.test.js > math > later', 'skipped'],
    ['test/math.test.js > math > inner > adds', 'passed'],
    ['test/math.test.js > top', 'passed'],
    ['test/plain.test.js', 'failed'],
  ])
  expect(report.stated).toEqual({ passed: 4, failed: 2 })
  expect(report.cases[2]?.failure).toContain('3 == 4')
  expect(report.coverage?.map(({ path, functions }) => [path, functions])).toEqual([
    ['src/math.js', { total: 2, covered: 1 }],
  ])
})

test('finds out files that ended before their tests did', () => {
  const report = parseNodeTestReport(readFixture('node-test.ndjson'), '/project', FILES)
  expect(report.unfinished).toEqual([
    'test/exit0.test.js ended without reporting any test',
    'test/exit3.test.js ended with 3 of 4 announced tests not finished',
  ])
})

test('misses a file that was named but never reported', () => {
  const report = parseNodeTestReport(readFixture('node-test.ndjson'), '/project', [...FILES, 'test/lost.test.js'])
  expect(report.unfinished).toContain('test/lost.test.js ended without reporting any test')
})

test('counts the failure of a hook, which Node does not count as a test', () => {
  const events = [
    { type: 'test:start', name: 'suite', nesting: 0, file: '/project/a.test.js' },
    {
      type: 'test:fail',
      name: 'suite',
      nesting: 0,
      file: '/project/a.test.js',
      kind: 'suite',
      failureType: 'hookFailed',
    },
    { type: 'test:summary', counts: { passed: 0, failed: 0, cancelled: 0 } },
  ]
  const report = parseNodeTestReport(events.map((event) => JSON.stringify(event)).join('\n'), '/project', ['a.test.js'])
  expect(report).toMatchObject({
    cases: [{ id: 'a.test.js > suite', status: 'failed' }],
    stated: { passed: 0, failed: 1 },
  })
})

test('refuses a report without its end, and lines that are not its own', () => {
  const lines = readFixture('node-test.ndjson').trim().split('\n')
  const withoutEnd = lines.filter((line) => !line.includes('"test:summary"') || line.includes('"file"'))
  expect(() => parseNodeTestReport(withoutEnd.join('\n'), '/project', FILES)).toThrow('no summary')
  expect(() => parseNodeTestReport('{"numPassedTests":99}', '/project', FILES)).toThrow()
})
