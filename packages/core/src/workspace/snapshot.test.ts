import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeRepository, managerIn, openEmpty, plainGit, temporaryFolder, writeTree } from './workspace.fixture.ts'

test('leaves installed dependencies and tool output out of snapshots, also without a .gitignore', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, {
    'a.js': '1',
    'node_modules/x/index.js': '1',
    'sub/node_modules/y.js': '1',
    'coverage/lcov.info': '1',
    '.codex/report.json': '1',
    'pkg/__pycache__/a.pyc': '1',
  })
  expect(await workspace.listFiles()).toEqual(['a.js'])
  expect(await workspace.listIgnoredFiles()).toEqual([])
})

test('reports what a planted .gitignore hides, and keeps tracked files tracked', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'tests/a.test.js': 'real test' })
  const before = await workspace.commit('tests')
  writeTree(workspace.worktree, {
    '.gitignore': 'tests/\nhidden.js\n',
    'hidden.js': 'helper',
    'tests/a.test.js': 'no test',
  })
  const after = await workspace.commit('games')

  expect((await workspace.diff(before.tree, after.tree)).map(({ path }) => path)).toEqual([
    '.gitignore',
    'tests/a.test.js',
  ])
  expect(await workspace.listIgnoredFiles()).toEqual(['hidden.js'])
})

test('snapshots the files of planted repositories and skips FIFOs, also where a tracked file was', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'was-file': 'was', 'kept/inner': 'inner' })
  const before = await workspace.commit('first')
  makeRepository(join(workspace.worktree, 'scaffold'), { 'main.js': '1', 'lib/deep.js': '2' })
  makeRepository(join(workspace.worktree, 'scaffold/lib/again'), { 'x.js': '3' })
  plainGit(join(workspace.worktree, 'kept'), 'init', '-q')
  rmSync(join(workspace.worktree, 'was-file'))
  execFileSync('mkfifo', [join(workspace.worktree, 'was-file'), join(workspace.worktree, 'new-fifo')])
  const after = await workspace.commit('second')

  expect((await workspace.diff(before.tree, after.tree)).map(({ path, operation }) => `${operation} ${path}`)).toEqual([
    'create scaffold/lib/again/x.js',
    'create scaffold/lib/deep.js',
    'create scaffold/main.js',
    'delete was-file',
  ])
  expect(existsSync(join(workspace.worktree, 'scaffold/.git'))).toBe(false)
})

test('stores links as links and does not look behind them', async () => {
  using folder = temporaryFolder()
  writeTree(folder.path, { 'outside/secret': 'secret' })
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'dir/file': '1' })
  await workspace.commit('first')
  rmSync(join(workspace.worktree, 'dir'), { recursive: true })
  symlinkSync(join(folder.path, 'outside'), join(workspace.worktree, 'dir'))
  const { tree } = await workspace.commit('link')

  expect(await workspace.listFiles()).toEqual(['dir'])
  await expect(workspace.readFileAt(tree, 'dir')).rejects.toThrow('no regular file')
  await expect(workspace.readFile('dir/secret')).rejects.toThrow('symbolic link')
  expect(await workspace.search('secret')).toEqual([])
})

test('restores a tree over every kind of change and leaves installed dependencies alone', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'a.txt': 'a', 'dir/b.txt': 'b', 'run.sh': 'x', 'node_modules/x.js': 'x' })
  chmodSync(join(workspace.worktree, 'run.sh'), 0o755)
  const { tree } = await workspace.commit('wanted')
  writeTree(folder.path, { 'outside/b.txt': 'untouched' })
  writeTree(workspace.worktree, { 'untracked.txt': 'u', 'a.txt': 'changed' })
  rmSync(join(workspace.worktree, 'dir'), { recursive: true })
  symlinkSync(join(folder.path, 'outside'), join(workspace.worktree, 'dir'))
  chmodSync(join(workspace.worktree, 'run.sh'), 0o644)

  await workspace.restore(tree)

  expect(await workspace.treeHash()).toBe(tree)
  expect(await workspace.listFiles()).toEqual(['a.txt', 'dir/b.txt', 'run.sh'])
  expect(await workspace.readFile('dir/b.txt')).toBe('b')
  expect(lstatSync(join(workspace.worktree, 'dir')).isDirectory()).toBe(true)
  expect(readFileSync(join(folder.path, 'outside/b.txt'), 'utf8')).toBe('untouched')
  expect(readFileSync(join(workspace.worktree, 'node_modules/x.js'), 'utf8')).toBe('x')
})

test('snapshots and removes what a command has closed to itself', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'closed/a.txt': 'a', 'b.txt': 'b' })
  chmodSync(join(workspace.worktree, 'b.txt'), 0)
  chmodSync(join(workspace.worktree, 'closed'), 0)
  expect(await workspace.listFiles()).toEqual(['b.txt', 'closed/a.txt'])
  chmodSync(join(workspace.worktree, 'closed'), 0)
  await managerIn(folder.path).remove('run-1', { everything: true })
  expect(existsSync(workspace.worktree)).toBe(false)
})
