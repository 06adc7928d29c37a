import { expect, test } from 'vitest'
import { missedGoals, summarizeCoverage } from './coverage-report.ts'
import type { FileCoverage } from './file-coverage.ts'

const file = (path: string, hits: number[], more: Partial<FileCoverage> = {}): FileCoverage => ({
  path,
  lines: new Map(hits.map((count, index) => [index + 1, count])),
  branches: { total: 0, covered: 0 },
  functions: null,
  statements: null,
  ...more,
})

test('sums counts over source files alone', () => {
  const measured = [file('src/a.js', [1, 0, 3]), file('test/a.test.js', [0, 0]), file('node_modules/x/i.js', [0])]
  expect(summarizeCoverage(measured, ['src/a.js'], { lines: 60 })).toEqual({
    lines: 66.66,
    branches: 100,
    functions: null,
    statements: null,
    files: [{ path: 'src/a.js', lines: 66.66, branches: 100, uncoveredLines: [2] }],
    goal: { lines: 60 },
    met: true,
  })
})

test('rounds down, so that a goal is not reached by rounding', () => {
  const hits = Array.from({ length: 10_000 }, (_, index) => (index < 7_999 ? 1 : 0))
  const report = summarizeCoverage([file('a.js', [...hits, 1, 1, 0])], ['a.js'], { lines: 80 })
  expect(report).toMatchObject({ lines: 79.98, met: false })
})

test('does not take a metric for reached that the tool does not measure', () => {
  const report = summarizeCoverage([file('a.js', [1])], ['a.js'], { lines: 100, statements: 1 })
  expect(report?.met).toBe(false)
  expect(missedGoals({ lines: 100, branches: null, functions: null, statements: null }, { statements: 1 })).toEqual([
    'Coverage of statements is not measured by this test runner; the goal is 1 %.',
  ])
})

test('is null when no source file was measured', () => {
  expect(summarizeCoverage([file('other.js', [1])], ['a.js'], null)).toBeNull()
})
