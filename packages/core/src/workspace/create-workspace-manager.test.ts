import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorkspaceManager } from './create-workspace-manager.ts'
import { makeRepository, managerIn, openEmpty, plainGit, temporaryFolder, writeTree } from './workspace.fixture.ts'

const isRoot = process.getuid?.() === 0
const SANDBOX_OWNER = { uid: 65534, gid: 65534 }

test('commits changes on the branch of the run with a fixed author, and nothing when nothing changed', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  await workspace.writeFile('src/a.txt', 'a\n')
  const first = await workspace.commit('Add a\n\nbecause')
  const again = await workspace.commit('Nothing new')

  expect(again).toEqual(first)
  expect(await workspace.treeHash()).toBe(first.tree)
  const log = plainGit(folder.path, `--git-dir=runs/run-1/git`, 'log', '--format=%an|%s', 'codex/run/run-1')
  expect(log).toBe('Codex Orchestrator|Add a\nCodex Orchestrator|Start empty\n')
})

test('edits a text that occurs exactly once and says why it does not otherwise', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  await workspace.writeFile('a.txt', 'one two two $& aaa')
  await workspace.editFile('a.txt', 'one', '$&1')
  expect(await workspace.readFile('a.txt')).toBe('$&1 two two $& aaa')
  await expect(workspace.editFile('a.txt', 'two', 'x')).rejects.toThrow('more than once')
  await expect(workspace.editFile('a.txt', 'aa', 'x')).rejects.toThrow('more than once')
  await expect(workspace.editFile('a.txt', 'three', 'x')).rejects.toThrow('does not occur')
})

test('searches literally or by expression, up to a limit', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'a.txt': 'x\nfoo(1)\nfoo(2)\n', 'b:1.txt': 'foo.\n', 'node_modules/c': 'foo(3)' })
  expect(await workspace.search('foo(1)')).toEqual([{ path: 'a.txt', line: 2, text: 'foo(1)' }])
  expect(await workspace.search('^foo.$', { regex: true })).toEqual([{ path: 'b:1.txt', line: 1, text: 'foo.' }])
  expect(await workspace.search('foo', { limit: 2 })).toHaveLength(2)
  expect(await workspace.search('-e nothing')).toEqual([])
  await expect(workspace.search('(', { regex: true })).rejects.toMatchObject({ code: 'WORKSPACE_ERROR' })
  await expect(workspace.search('')).rejects.toThrow('empty')
})

test('lists the files of a tree and of the worktree alike, without submodules', async () => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  makeRepository(source, { 'b.txt': 'b', 'sub dir/a.txt': 'a' })
  makeRepository(join(source, 'module'), { 'inner.txt': 'x' })
  plainGit(source, 'add', 'module')
  plainGit(source, 'commit', '-q', '-m', 'with a submodule')
  const workspace = await managerIn(folder.path).open('run-1', { kind: 'repository', location: source })

  expect(await workspace.listFiles()).toEqual(['b.txt', 'sub dir/a.txt'])
  expect(await workspace.listFilesAt(workspace.baseTree)).toEqual(['b.txt', 'sub dir/a.txt'])
  expect(await workspace.listFilesAt(workspace.baseTree, { limit: 1 })).toEqual(['b.txt'])
  expect(await workspace.listFiles({ prefix: 'sub' })).toEqual(['sub dir/a.txt'])
  // the submodule stays in the tree although its files are not here
  expect(await workspace.treeHash()).toBe(workspace.baseTree)
})

test('reopens a workspace with its changes, and makes a removed worktree again from the last commit', async () => {
  using folder = temporaryFolder()
  const manager = managerIn(folder.path)
  const workspace = await openEmpty(folder.path)
  await workspace.writeFile('a.txt', 'committed')
  const { tree } = await workspace.commit('first')
  await workspace.writeFile('a.txt', 'in progress')
  expect(await (await managerIn(folder.path).open('run-1', { kind: 'empty' })).readFile('a.txt')).toBe('in progress')

  await manager.remove('run-1')
  const found = await manager.find('run-1')
  expect(await found?.readFileAt(tree, 'a.txt')).toBe('committed')
  await expect(found?.readFile('a.txt')).rejects.toThrow('was removed')
  expect(await (await manager.open('run-1', { kind: 'empty' })).readFile('a.txt')).toBe('committed')

  await manager.remove('run-1', { everything: true })
  await manager.remove('run-1', { everything: true })
  expect(await manager.find('run-1')).toBe(null)
  expect(readdirSync(join(folder.path, 'runs'))).toEqual([])
})

test('opens one workspace when a run is opened twice at once, and survives a killed command', async () => {
  using folder = temporaryFolder()
  const manager = managerIn(folder.path)
  const [one, two] = await Promise.all([
    manager.open('run-1', { kind: 'empty' }),
    manager.open('run-1', { kind: 'empty' }),
  ])
  expect(readdirSync(join(folder.path, 'runs/run-1')).sort()).toEqual(['git', 'tree'])
  writeFileSync(join(folder.path, 'runs/run-1/git/index.lock'), '')
  await one.writeFile('a.txt', 'a')
  await Promise.all([one.treeHash(), two.treeHash(), one.commit('a'), two.listFiles()])
  expect(await two.listFiles()).toEqual(['a.txt'])
})

test('refuses run ids that would leave the root folder', async () => {
  using folder = temporaryFolder()
  for (const runId of ['../x', '', 'a/b', '.git', '-x']) {
    await expect(managerIn(folder.path).open(runId, { kind: 'empty' })).rejects.toThrow('not a run id')
  }
})

test.runIf(isRoot)('gives the worktree to the sandbox user and keeps the git directory from it', async () => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  makeRepository(source, { 'a.txt': 'a\n', 'dir/b.txt': 'b\n' })
  const manager = createWorkspaceManager({ rootDir: join(folder.path, 'runs'), sandboxOwner: SANDBOX_OWNER })
  const workspace = await manager.open('run-1', { kind: 'repository', location: source })
  const first = await workspace.treeHash()
  await workspace.writeFile('new/deep/c.txt', 'c')
  await workspace.editFile('a.txt', 'a', 'b')
  await workspace.commit('change')
  await workspace.restore(first)
  await workspace.writeFile('new/deep/c.txt', 'c')

  for (const path of ['', 'a.txt', 'dir', 'dir/b.txt', 'new', 'new/deep', 'new/deep/c.txt']) {
    expect(statSync(join(workspace.worktree, path))).toMatchObject(SANDBOX_OWNER)
  }
  expect(statSync(join(folder.path, 'runs/run-1/git'))).toMatchObject({ uid: 0 })
  expect(statSync(join(folder.path, 'runs/run-1/git')).mode & 0o077).toBe(0)
  mkdirSync(join(workspace.worktree, 'x'))
})
