import { expect, test } from 'vitest'
import { readFixture } from '../reports/read-fixture.fixture.ts'
import type { FileCoverage } from './file-coverage.ts'
import { parseGoCoverage } from './go-coverage.ts'
import { parseIstanbulCoverage } from './istanbul-coverage.ts'
import { parsePythonCoverage } from './python-coverage.ts'

const uncovered = (file: FileCoverage | undefined) =>
  [...(file?.lines ?? [])].filter(([, hits]) => hits === 0).map(([line]) => line)

test.each(['jest', 'vitest'])('reads the coverage of %s, files that were never loaded too', (name) => {
  const files = parseIstanbulCoverage(readFixture(`${name}-coverage.json`), '/project')
  expect(files.map(({ path }) => path.replace(/\.[jt]s$/, ''))).toEqual(['src/math', 'src/unloaded'])
  expect(uncovered(files[0])).toEqual([6, 7, 9])
  expect(files[0]).toMatchObject({ branches: { total: 2, covered: 0 }, functions: { total: 2, covered: 1 } })
  expect(files[0]?.statements).toEqual(name === 'jest' ? { total: 5, covered: 2 } : { total: 4, covered: 1 })
})

test('reads the coverage of coverage.py', () => {
  const files = parsePythonCoverage(readFixture('pytest-coverage.json'), '/project')
  const calc = files.find(({ path }) => path === 'calc.py')
  expect(uncovered(calc)).toEqual([7])
  expect(calc).toMatchObject({ branches: { total: 2, covered: 1 }, functions: null, statements: null })
})

test('reads the cover profile of go', () => {
  const [calc, ...others] = parseGoCoverage(readFixture('go-cover.out'), 'example.com/calc')
  expect(others).toEqual([])
  expect(calc?.path).toBe('calc.go')
  expect(uncovered(calc)).toEqual([11, 12])
  expect(calc?.statements).toEqual({ total: 4, covered: 3 })
})

test('refuses what is none of these', () => {
  expect(() => parseIstanbulCoverage('{"a":1}', '/project')).toThrow()
  expect(() => parsePythonCoverage('{}', '/project')).toThrow()
  expect(() => parseGoCoverage('mode: set\nnonsense\n', 'm')).toThrow('no block')
})
