import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { watchFiles, watchPackages } from './watched-files.ts'

function worktree(): string {
  const path = mkdtempSync(join(tmpdir(), 'codex-watched-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('finds what was changed, removed, made, or changed and put back', () => {
  const root = worktree()
  for (const name of ['same', 'changed', 'removed', 'restored']) writeFileSync(join(root, name), 'a')
  const witness = watchFiles(root, ['same', 'changed', 'removed', 'restored', 'made', 'never'])
  expect(witness.changedFiles()).toEqual([])
  writeFileSync(join(root, 'changed'), 'b')
  rmSync(join(root, 'removed'))
  writeFileSync(join(root, 'made'), '')
  const { atime, mtime } = statSync(join(root, 'restored'))
  writeFileSync(join(root, 'restored'), 'b')
  writeFileSync(join(root, 'restored'), 'a')
  utimesSync(join(root, 'restored'), atime, mtime)
  expect(witness.changedFiles()).toEqual(['changed', 'removed', 'restored', 'made'])
})

test('sees changed packages, but not the caches of tools', async () => {
  const root = worktree()
  mkdirSync(join(root, 'node_modules/a'), { recursive: true })
  writeFileSync(join(root, 'node_modules/a/index.js'), '')
  const witness = await watchPackages(root)
  mkdirSync(join(root, 'node_modules/.cache'))
  writeFileSync(join(root, 'node_modules/.cache/x'), '')
  expect(await witness.changedFolders()).toEqual([])
  renameSync(join(root, 'node_modules/a'), join(root, 'aside'))
  renameSync(join(root, 'aside'), join(root, 'node_modules/a'))
  expect(await witness.changedFolders()).toEqual(['node_modules'])
})
