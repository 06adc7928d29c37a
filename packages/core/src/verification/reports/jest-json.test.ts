import { expect, test } from 'vitest'
import { parseJestJson } from './jest-json.ts'
import { readFixture } from './read-fixture.fixture.ts'

test.each(['jest', 'vitest'])('reads a report of %s with failed, skipped and broken tests', (name) => {
  const extension = name === 'jest' ? 'js' : 'ts'
  const report = parseJestJson(readFixture(`${name}.json`), '/project')
  expect(report.cases.map(({ id, status }) => [id, status])).toEqual([
    [`test/broken.test.${extension}`, 'failed'],
    [`test/math.test.${extension} > math > adds`, 'passed'],
    [`test/math.test.${extension} > math > fails`, 'failed'],
    [`test/math.test.${extension} > math > skips`, 'skipped'],
    [`test/math.test.${extension} > math > later`, 'skipped'],
  ])
  expect(report.stated).toEqual({ passed: 1, failed: 2 })
  expect(report.unfinished).toEqual([])
  expect(report.cases[0]?.failure).toMatch(/failed to run|PARSE_ERROR/)
  expect(report.cases[0]?.failure).not.toContain('\u001b')
  expect(report.cases[1]).toMatchObject({ failure: null, file: `test/math.test.${extension}` })
  expect(report.cases[2]?.failure).toContain('Object.is equality')
})

test('tells of a file that reported no test', () => {
  const text = JSON.stringify({
    numPassedTests: 0,
    numFailedTests: 0,
    testResults: [{ name: '/project/a.test.js', status: 'passed', assertionResults: [] }],
  })
  expect(parseJestJson(text, '/project')).toMatchObject({ cases: [], unfinished: ['a.test.js reported no test'] })
})

test('keeps apart tests of the same name', () => {
  const same = { ancestorTitles: [], title: 'same', status: 'passed' }
  const text = JSON.stringify({
    numPassedTests: 2,
    numFailedTests: 0,
    testResults: [{ name: '/project/a.test.js', status: 'passed', assertionResults: [same, same] }],
  })
  const { cases } = parseJestJson(text, '/project')
  expect(cases.map(({ id }) => id)).toEqual(['a.test.js > same', 'a.test.js > same #2'])
})

test.each(['', '{', '[]', '{"success":true,"numPassedTests":99}'])('refuses %j', (text) => {
  expect(() => parseJestJson(text, '/project')).toThrow()
})
