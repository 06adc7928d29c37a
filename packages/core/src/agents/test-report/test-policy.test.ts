import { expect, test } from 'vitest'
import { TEST_POLICY } from './test-policy.ts'

const PACKAGE = { name: 'p', scripts: { start: 'x', test: 'old' }, dependencies: { a: '1' } }

test.each<[name: string, next: object, previous: object | null, allowed: boolean]>([
  [
    'a test script',
    { ...PACKAGE, scripts: { start: 'x', test: 'new', 'test:unit': 'y', coverage: 'z' } },
    PACKAGE,
    true,
  ],
  ['development dependencies', { ...PACKAGE, devDependencies: { vitest: '5' } }, PACKAGE, true],
  ['configuration of jest', { ...PACKAGE, jest: {} }, PACKAGE, true],
  ['another script', { ...PACKAGE, scripts: { start: 'evil', test: 'old' } }, PACKAGE, false],
  ['an install script', { ...PACKAGE, scripts: { ...PACKAGE.scripts, postinstall: 'evil' } }, PACKAGE, false],
  ['a runtime dependency', { ...PACKAGE, dependencies: { a: '2' } }, PACKAGE, false],
  ['a removed key', { name: 'p' }, PACKAGE, false],
  ['a new file for tests', { name: 'p', private: true, type: 'module', scripts: { test: 'node --test' } }, null, true],
  ['a new file with more', { name: 'p', main: 'x.js' }, null, false],
])('package.json may change by %s: see table', (_name, next, previous, allowed) => {
  const texts = [JSON.stringify(next), previous === null ? null : JSON.stringify(previous)] as const
  expect(TEST_POLICY.refuse('package.json', ...texts) === null).toBe(allowed)
  expect(TEST_POLICY.accepts('package.json', ...texts)).toBe(allowed)
})

test('package.json may not be deleted; lock files may change, but not by a tool', () => {
  expect(TEST_POLICY.refuse('package.json', null, '{}')).not.toBeNull()
  expect(TEST_POLICY.refuse('package-lock.json', '{}', null)).not.toBeNull()
  expect(TEST_POLICY.accepts('package-lock.json', '{}', null)).toBe(true)
})
