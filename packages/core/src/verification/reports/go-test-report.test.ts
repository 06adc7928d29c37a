import { expect, test } from 'vitest'
import { parseGoTestReport } from './go-test-report.ts'
import { readFixture } from './read-fixture.fixture.ts'

test('reads the innermost tests of every package and packages that do not build', () => {
  const { cases, unfinished } = parseGoTestReport(readFixture('go-test.ndjson'))
  expect(cases.map(({ id, status }) => [id, status])).toEqual([
    ['example.com/calc > TestAdd', 'passed'],
    ['example.com/calc > TestDivide > by_one', 'passed'],
    ['example.com/calc > TestDivide > by_zero', 'failed'],
    ['example.com/calc > TestLater', 'skipped'],
    ['example.com/calc/broken', 'failed'],
  ])
  expect(cases[0]?.durationMs).toBe(10)
  expect(cases[2]?.failure).toContain('got 1, want 2')
  expect(cases[4]?.failure).toContain('undefined: nothing')
  expect(unfinished).toEqual([])
})

test('tells of tests that began and did not end', () => {
  const lines = readFixture('go-test.ndjson').split('\n').slice(0, 4)
  const { cases, unfinished } = parseGoTestReport(lines.join('\n'))
  expect(cases).toEqual([])
  expect(unfinished).toEqual(['TestAdd in example.com/calc did not end'])
})

test('refuses text without any event', () => {
  expect(() => parseGoTestReport('go: no modules\n')).toThrow('no event')
})
