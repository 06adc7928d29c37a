import { expect, test } from 'vitest'
import { detectFramework } from './detect-framework.ts'
import { findTestNames } from './find-test-names.ts'
import { belongsToTests, guessTestKind, isTestFile } from './test-paths.ts'

test.each([
  ['src/a.test.ts', true],
  ['src/a.spec.jsx', true],
  ['a_test.go', true],
  ['pkg/test_a.py', true],
  ['tests/a.js', true],
  ['__tests__/deep/a.tsx', true],
  ['src/AccountTest.java', true],
  ['test/data.json', false],
  ['vitest.config.ts', false],
  ['src/latest.js', false],
  ['src/contest.ts', false],
  ['src/testing.ts', false],
  ['index.js', false],
])('%s holds tests: %s', (path, expected) => {
  expect(isTestFile(path)).toBe(expected)
})

test.each([
  ['test/data.json', true],
  ['src/__fixtures__/x.txt', true],
  ['jest.config.cjs', true],
  ['vitest.setup.ts', true],
  ['.c8rc.json', true],
  ['vite.config.ts', false],
  ['src/fixture.ts', false],
  ['package.json', false],
])('%s belongs to tests: %s', (path, expected) => {
  expect(belongsToTests(path)).toBe(expected)
})

test.each([
  ['test/e2e/login.js', 'e2e'],
  ['src/a.integration.test.js', 'integration'],
  ['src/print.test.js', 'unit'],
])('%s holds %s tests', (path, expected) => {
  expect(guessTestKind(path)).toBe(expected)
})

test('finds test names in several languages', () => {
  const javascript = `describe('suite', () => {
    it('one', async () => {})
    test.only("two \\"quoted\\"", () => {})
    test.each([[1], [2]])('each %i', () => {})
    it.each\`a\${1}\`('table', () => {})
    contest('no'); obj.test('no'); latest('no')
  })`
  expect(findTestNames('a.test.js', javascript)).toEqual(['one', 'two "quoted"', 'each %i', 'table'])
  expect(
    findTestNames('test_a.py', 'def test_a():\n  pass\nclass T:\n  async def test_b(self): ...\ndef helper(): ...'),
  ).toEqual(['test_a', 'test_b'])
  expect(findTestNames('a_test.go', 'func TestA(t *testing.T) {}\nfunc helper() {}')).toEqual(['TestA'])
})

test('tells frameworks by what files import', () => {
  expect(detectFramework([`import { test } from 'vitest'`])).toBe('vitest')
  expect(detectFramework([`const test = require("node:test")`])).toBe('node:test')
  expect(detectFramework(['jest.fn()'])).toBe('jest')
  expect(detectFramework(['test("x", () => {})'])).toBeNull()
})
