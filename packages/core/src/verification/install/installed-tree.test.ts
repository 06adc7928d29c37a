import { lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { digestInstalledTree, removeToolCaches } from './installed-tree.ts'

function worktree(): string {
  const path = mkdtempSync(join(tmpdir(), 'codex-tree-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  mkdirSync(join(path, 'node_modules/jest/bin'), { recursive: true })
  mkdirSync(join(path, 'node_modules/.bin'))
  writeFileSync(join(path, 'node_modules/jest/bin/jest.js'), 'honest')
  symlinkSync('../jest/bin/jest.js', join(path, 'node_modules/.bin/jest'))
  return path
}

test('sees a file that was changed, though size and modification time stay', async () => {
  const root = worktree()
  const file = join(root, 'node_modules/jest/bin/jest.js')
  const before = await digestInstalledTree(root)
  expect(await digestInstalledTree(root)).toBe(before)
  const { atime, mtime } = lstatSync(file)
  writeFileSync(file, 'forged')
  utimesSync(file, atime, mtime)
  expect(await digestInstalledTree(root)).not.toBe(before)
})

test('sees a package that was put aside and came back', async () => {
  const root = worktree()
  const before = await digestInstalledTree(root)
  renameSync(join(root, 'node_modules/jest'), join(root, 'aside'))
  renameSync(join(root, 'aside'), join(root, 'node_modules/jest'))
  expect(await digestInstalledTree(root)).not.toBe(before)
})

test('sees added packages and moved links, and no caches of tools', async () => {
  const root = worktree()
  const before = await digestInstalledTree(root)
  mkdirSync(join(root, 'node_modules/.vite/vitest'), { recursive: true })
  writeFileSync(join(root, 'node_modules/.vite/vitest/results.json'), '{}')
  expect(await digestInstalledTree(root)).toBe(before)
  await removeToolCaches(root)
  expect(lstatSync(join(root, 'node_modules/.vite'), { throwIfNoEntry: false })).toBeUndefined()
  rmSync(join(root, 'node_modules/.bin/jest'))
  symlinkSync('../evil', join(root, 'node_modules/.bin/jest'))
  expect(await digestInstalledTree(root)).not.toBe(before)
})

test('is null where nothing is installed, or a link stands in its place', async () => {
  const root = worktree()
  rmSync(join(root, 'node_modules'), { recursive: true })
  expect(await digestInstalledTree(root)).toBeNull()
  symlinkSync('/usr', join(root, 'node_modules'))
  expect(await digestInstalledTree(root)).toBeNull()
})
