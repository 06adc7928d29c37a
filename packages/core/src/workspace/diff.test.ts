import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeRepository, managerIn, openEmpty, plainGit, temporaryFolder, writeTree } from './workspace.fixture.ts'

test('refuses trees that are not hashes or not of this run', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  await expect(workspace.restore('HEAD')).rejects.toThrow('not a tree hash')
  await expect(workspace.restore('1'.repeat(40))).rejects.toMatchObject({ code: 'WORKSPACE_ERROR' })
  await expect(workspace.patch('--output=x', workspace.baseTree)).rejects.toThrow('not a tree hash')
})

test('tells creations, updates, deletions, renames, binary files and type changes apart', async () => {
  using folder = temporaryFolder()
  const workspace = await openEmpty(folder.path)
  const long = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('')
  writeTree(workspace.worktree, {
    'bin.dat': new Uint8Array([0, 1, 2]),
    'gone.txt': 'x\ny\n',
    'mode.sh': 'm\n',
    'old name.txt': long,
    'to-link': 'file\n',
    'üml.txt': 'a\nb\n',
  })
  const { tree: from } = await workspace.commit('first')
  rmSync(join(workspace.worktree, 'gone.txt'))
  rmSync(join(workspace.worktree, 'old name.txt'))
  rmSync(join(workspace.worktree, 'to-link'))
  symlinkSync('bin.dat', join(workspace.worktree, 'to-link'))
  chmodSync(join(workspace.worktree, 'mode.sh'), 0o755)
  writeTree(workspace.worktree, {
    'bin.dat': new Uint8Array([0, 9, 9]),
    'new\tname.txt': `${long}more\n`,
    'made.txt': 'diff --git a/x b/x\n',
    'üml.txt': 'a\nc\n',
  })
  const { tree: to } = await workspace.commit('second')

  const edits = await workspace.diff(from, to)
  const summary = edits.map(({ operation, path, from, additions, deletions }) => [
    operation,
    path,
    from,
    additions,
    deletions,
  ])
  expect(summary.sort()).toEqual(
    [
      ['update', 'bin.dat', undefined, 0, 0],
      ['delete', 'gone.txt', undefined, 0, 2],
      ['create', 'made.txt', undefined, 1, 0],
      ['update', 'mode.sh', undefined, 0, 0],
      ['rename', 'new\tname.txt', 'old name.txt', 1, 0],
      ['update', 'to-link', undefined, 1, 1],
      ['update', 'üml.txt', undefined, 1, 1],
    ].sort(),
  )
  const diffOf = (path: string): string | undefined => edits.find((edit) => edit.path === path)?.diff
  expect(diffOf('bin.dat')).toBe('')
  expect(diffOf('made.txt')).toContain('+diff --git a/x b/x')
  expect(diffOf('mode.sh')).toContain('new mode 100755')
  expect(diffOf('to-link')).toMatch(/deleted file mode 100644[\s\S]*new file mode 120000/)
  expect(diffOf('üml.txt')).toMatch(/^diff --git a\/üml.txt[\s\S]*\+c\n$/)
})

test.each([
  ['text and binary files', { 'a.txt': 'a\nz\n', 'b.bin': new Uint8Array([0, 255, 7]), 'ü.txt': 'ü\n' }],
  ['text that is not UTF-8', { 'a.txt': 'a\nz\n', 'latin.txt': Buffer.from('gr\xfc\xdfe\n', 'latin1') }],
  ['a name that is not ASCII and no newline at the end', { 'a.txt': 'q', 'sp ace/日本.txt': 'x' }],
])('makes a patch that git apply takes: %s', async (_name, files) => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  makeRepository(source, { 'a.txt': 'a\nb\n', 'old.bin': new Uint8Array([0, 1]) })
  const workspace = await managerIn(folder.path).open('run-1', { kind: 'repository', location: source })
  rmSync(join(workspace.worktree, 'old.bin'))
  writeTree(workspace.worktree, files)
  const { tree } = await workspace.commit('change')

  writeFileSync(join(folder.path, 'p.diff'), await workspace.patch(workspace.baseTree, tree))
  plainGit(source, 'apply', '--index', join(folder.path, 'p.diff'))

  expect(plainGit(source, 'write-tree').trim()).toBe(tree)
})
