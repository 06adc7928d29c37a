import { expect, test } from 'vitest'
import { parseJunitReport } from './junit-report.ts'
import { readFixture } from './read-fixture.fixture.ts'

test('reads a report of pytest', () => {
  const { cases, stated } = parseJunitReport(readFixture('pytest.xml'))
  expect(cases.map(({ id, status }) => [id, status])).toEqual([
    ['tests/test_calc.py > TestAdd > test_adds', 'passed'],
    ['tests/test_calc.py > TestAdd > test_fails', 'failed'],
    ['tests/test_calc.py > test_each[1]', 'passed'],
    ['tests/test_calc.py > test_each[2]', 'passed'],
    ['tests/test_calc.py > test_later', 'skipped'],
    ['tests/test_calc.py > test_broken', 'failed'],
  ])
  expect(stated).toEqual({ passed: 3, failed: 2 })
  expect(cases[0]).toMatchObject({ durationMs: 15, file: 'tests/test_calc.py', failure: null })
  expect(cases[1]?.failure).toContain('assert 3 == 4\n +  where 3 = add(1, 2)')
})

test.each([
  '',
  '<html/>',
  '<testsuite tests="-1"/>',
  '<testsuite><testcase></testsuite>',
  '<!DOCTYPE a []><testsuite/>',
])('refuses %j', (text) => expect(() => parseJunitReport(text)).toThrow())
