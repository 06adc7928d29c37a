import { expect, test } from 'vitest'
import type { PackageManifest } from '../project/read-project.ts'
import { replacedRunner } from './replaced-runner.ts'

const EMPTY = { scripts: {}, dependencies: {}, devDependencies: {}, optionalDependencies: {}, peerDependencies: {} }
const check = (manifest: Partial<PackageManifest>) =>
  replacedRunner({ ...EMPTY, ...manifest }, [{ name: 'jest', range: '^30' }])

test.each<[string, Partial<PackageManifest>]>([
  ['a folder', { devDependencies: { jest: 'file:./jest' } }],
  ['another package', { dependencies: { jest: 'npm:other@1' } }],
  ['a repository', { devDependencies: { jest: 'somebody/jest' } }],
  ['an archive', { devDependencies: { jest: 'https://example.test/jest.tgz' } }],
  ['a package below it', { devDependencies: { 'jest-circus': 'link:./circus' } }],
  ['an override', { overrides: { '@jest/core@30': 'file:./core' } }],
  ['a nested override', { overrides: { jest: { 'jest-cli': 'npm:other@1' } } }],
  ['a resolution', { resolutions: { '**/jest': 'file:./jest' } }],
  ['a scoped resolution', { resolutions: { 'jest/@jest/core': 'file:./core' } }],
])('finds a runner that is replaced by %s', (_what, manifest) => {
  expect(check(manifest)).toContain('replaces the test runner')
})

test.each<[string, Partial<PackageManifest>]>([
  ['a range', { devDependencies: { jest: '^29.7.0 || >=30 <31' } }],
  ['a tag', { devDependencies: { jest: 'latest' } }],
  ['a catalogue', { devDependencies: { jest: 'catalog:' } }],
  ['an override by a version', { overrides: { jest: '30.0.0' } }],
  [
    'other packages',
    { dependencies: { own: 'file:./own', 'jest-extended': 'npm:other@1', vite: 'npm:rolldown-vite@7' } },
  ],
])('takes %s', (_what, manifest) => {
  expect(check(manifest)).toBeNull()
})
