import { expect, test } from 'vitest'
import { looksLikeTest, type Project } from './project/read-project.ts'
import { chooseRunner, parseTestFramework, TEST_FRAMEWORKS } from './test-framework.ts'

function project(files: Readonly<Record<string, string>>): Project {
  const manifest = files['package.json']
  return {
    files: Object.keys(files),
    manifest:
      manifest === undefined
        ? null
        : {
            scripts: {},
            dependencies: {},
            devDependencies: {},
            optionalDependencies: {},
            peerDependencies: {},
            ...JSON.parse(manifest),
          },
    testSources: new Map(Object.entries(files).filter(([path]) => looksLikeTest(path))),
  }
}

test.each([
  ['node', 'node-test'],
  ['node:test', 'node-test'],
  ['Node-Test', 'node-test'],
  ['Vitest', 'vitest'],
  [' JEST ', 'jest'],
  ['py.test', 'pytest'],
  ['go', 'go-test'],
  ['Cargo Test', 'cargo-test'],
  ['phpunit', null],
  ['', null],
])('reads %j as %j', (name, expected) => {
  expect(parseTestFramework(name)).toBe(expected)
})

test('names six frameworks', () => {
  expect(TEST_FRAMEWORKS).toEqual(['vitest', 'jest', 'node-test', 'pytest', 'go-test', 'cargo-test'])
})

test.each<[string, Record<string, string>, string | null]>([
  [
    'what the tests import',
    { 'a.test.js': `import test from 'node:test'`, 'package.json': '{"devDependencies":{"jest":"1"}}' },
    'node-test',
  ],
  ['vitest declared', { 'package.json': '{"devDependencies":{"vitest":"5"}}', 'a.test.ts': '' }, 'vitest'],
  ['jest configured', { 'package.json': '{"jest":{}}', 'a.test.js': '' }, 'jest'],
  ['the script alone', { 'package.json': '{"scripts":{"test":"node --test"}}', 'test/a.js': '' }, 'node-test'],
  ['globals alone', { '__tests__/a.js': `test('a', () => expect(1).toBe(1))` }, 'jest'],
  ['globals of another runner', { 'a.test.js': `import 'mocha'\nit('a', () => expect(1))` }, null],
  ['Python tests', { 'tests/test_a.py': '' }, 'pytest'],
  ['Go tests', { 'go.mod': 'module m', 'a_test.go': '' }, 'go-test'],
  ['a crate', { 'Cargo.toml': '', 'src/lib.rs': '' }, 'cargo-test'],
  ['nothing', { 'README.md': '' }, null],
])('detects a runner by %s', (_what, files, expected) => {
  expect(chooseRunner(null, project(files))?.name ?? null).toBe(expected)
})
