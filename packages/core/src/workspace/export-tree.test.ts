import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorkspaceManager } from './create-workspace-manager.ts'
import { makeRepository, managerIn, openEmpty, temporaryFolder, writeTree } from './workspace.fixture.ts'

test('exports the files of an earlier tree while the worktree has moved on, and removes them', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, {
    'a.js': 'one',
    'deep/b c.js': 'two\r\n',
    '.gitattributes': '*.js eol=lf filter=evil',
  })
  symlinkSync('/etc/passwd', join(workspace.worktree, 'link.js'))
  const { tree } = await workspace.commit('first')
  writeTree(workspace.worktree, { 'a.js': 'changed' })

  const copy = await workspace.exportTree(tree)
  expect(dirname(copy.path)).toBe(dirname(workspace.worktree))
  expect(copy.files).toEqual(['.gitattributes', 'a.js', 'deep/b c.js'])
  expect(readFileSync(join(copy.path, 'a.js'), 'utf8')).toBe('one')
  expect(readFileSync(join(copy.path, 'deep/b c.js'), 'utf8')).toBe('two\r\n')
  expect(readdirSync(copy.path).sort()).toEqual(['.gitattributes', 'a.js', 'deep'])
  await copy.remove()
  expect(readdirSync(dirname(workspace.worktree)).sort()).toEqual(['git', 'tree'])
  expect(readdirSync(join(dirname(workspace.worktree), 'git')).filter((name) => name.startsWith('index-'))).toEqual([])
})

test('leaves out what was not asked for, is too large, or is another repository', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'a.js': '1', 'b.py': '2', 'large.js': 'x'.repeat(2_000) })
  makeRepository(join(workspace.worktree, 'sub'), { 'main.js': '1' })
  const { tree } = await workspace.commit('first')
  const copy = await workspace.exportTree(tree, { include: (path) => path.endsWith('.js'), maxFileBytes: 1_000 })
  expect(copy.files).toEqual(['a.js', 'sub/main.js'])
  await copy.remove()
})

test('lets the caller prepare the files, and leaves nothing when that fails', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  writeTree(workspace.worktree, { 'a.js': '1' })
  const { tree } = await workspace.commit('first')
  const copy = await workspace.exportTree(tree, {
    prepare: async (path, files) => writeFileSync(join(path, 'list.txt'), files.join()),
  })
  expect(readFileSync(join(copy.path, 'list.txt'), 'utf8')).toBe('a.js')
  await copy.remove()
  const failing = workspace.exportTree(tree, { prepare: () => Promise.reject(new Error('no room')) })
  await expect(failing).rejects.toThrow('no room')
  await expect(workspace.exportTree('main')).rejects.toThrow('not a tree hash')
  expect(readdirSync(dirname(workspace.worktree)).sort()).toEqual(['git', 'tree'])
})

test('removes what a killed process left, and leaves alone what is in use', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  const runFolder = dirname(workspace.worktree)
  const gone = spawnSync('true').pid
  const leftovers = [`export-${gone}-aa`, `export-${process.pid}-bb`].map((name) => join(runFolder, name))
  for (const path of leftovers) mkdirSync(path)
  const copy = await workspace.exportTree(workspace.baseTree)

  await managerIn(folder.path).open('run-1', { kind: 'empty' })
  expect(leftovers.filter((path) => existsSync(path))).toEqual([])
  expect(existsSync(copy.path)).toBe(true)
  await copy.remove()

  mkdirSync(join(runFolder, `export-${gone}-cc`))
  await managerIn(folder.path).remove('run-1')
  expect(readdirSync(runFolder)).toEqual(['git'])
})

test.runIf(process.getuid?.() === 0)('gives the copy to the user that sandboxed commands run as', async () => {
  using folder = temporaryFolder()
  const sandboxOwner = { uid: 65_530, gid: 65_530 }
  const manager = createWorkspaceManager({ rootDir: join(folder.path, 'runs'), sandboxOwner })
  const workspace = await manager.open('run-1', { kind: 'empty' })
  writeTree(workspace.worktree, { 'a/b.js': '1' })
  const copy = await workspace.exportTree((await workspace.commit('first')).tree)
  expect(['.', 'a', 'a/b.js'].map((path) => statSync(join(copy.path, path)).uid)).toEqual([65_530, 65_530, 65_530])
  await copy.remove()
})
