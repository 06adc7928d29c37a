import { expect, test } from 'vitest'
import { parseCargoTestReport } from './cargo-test-report.ts'
import { readFixture } from './read-fixture.fixture.ts'

test('reads unit, integration and doc tests', () => {
  const { cases, stated, unfinished } = parseCargoTestReport(readFixture('cargo-test.txt'))
  expect(cases.map(({ id, status }) => [id, status])).toEqual([
    ['src/lib.rs > tests > adds', 'passed'],
    ['src/lib.rs > tests > later', 'skipped'],
    ['src/lib.rs > tests > panics', 'passed'],
    ['src/lib.rs > tests > fails', 'failed'],
    ['tests/whole.rs > works', 'passed'],
    ['doc tests of calc > src/lib.rs - add (line 3)', 'passed'],
  ])
  expect(cases[3]?.failure).toContain('left: 3')
  expect(cases[0]).toMatchObject({ file: 'src/lib.rs', failure: null })
  expect(stated).toEqual({ passed: 4, failed: 1 })
  expect(unfinished).toEqual([])
})

test('tells of a test binary that ended its process', () => {
  const text = readFixture('cargo-test.txt').replace('test works ... ok\n\ntest result: ok. 1 passed; 0 failed;', '')
  expect(parseCargoTestReport(text).unfinished).toEqual(['tests/whole.rs ended without a result'])
})

test('refuses the output of a failed build', () => {
  expect(() => parseCargoTestReport('error[E0425]: cannot find value\n')).toThrow('no test binary')
})
