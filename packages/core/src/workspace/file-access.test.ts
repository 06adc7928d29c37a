import { execFileSync } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deleteWorktreeFile, readWorktreeFile, writeWorktreeFile } from './file-access.ts'
import { temporaryFolder } from './workspace.fixture.ts'

const LIMIT = 1_000

function makeWorktree(folder: string): string {
  const worktree = join(folder, 'tree')
  mkdirSync(join(worktree, 'sub'), { recursive: true })
  mkdirSync(join(folder, 'outside'))
  writeFileSync(join(folder, 'outside', 'secret'), 'secret')
  return worktree
}

test('writes, reads and deletes files in new folders, keeping the mode of an existing one', async () => {
  using folder = temporaryFolder()
  const worktree = makeWorktree(folder.path)
  await writeWorktreeFile(worktree, './a/b//c.txt', '\uFEFFgrüße\r\n', null)
  expect(await readWorktreeFile(worktree, 'a/b/c.txt', LIMIT)).toBe('\uFEFFgrüße\r\n')

  writeFileSync(join(worktree, 'run.sh'), 'old', { mode: 0o755 })
  await writeWorktreeFile(worktree, 'run.sh', 'new', null)
  expect(statSync(join(worktree, 'run.sh')).mode & 0o777).toBe(0o755)

  await deleteWorktreeFile(worktree, 'a/b/c.txt')
  await expect(readWorktreeFile(worktree, 'a/b/c.txt', LIMIT)).rejects.toThrow('does not exist')
})

test.each([
  ['an absolute path', '/etc/passwd', 'must be relative'],
  ['a path that climbs', 'sub/../../outside/secret', 'leaves the worktree'],
  ['the git directory', 'sub/.GIT/config', 'lies in a git directory'],
  ['its short name on other systems', 'git~1/config', 'lies in a git directory'],
  ['no path', './', 'names no file'],
  ['a path with NUL', 'a\0b', 'NUL'],
])('refuses %s for reading, writing and deleting', async (_name, path, reason) => {
  using folder = temporaryFolder()
  const worktree = makeWorktree(folder.path)
  await expect(readWorktreeFile(worktree, path, LIMIT)).rejects.toThrow(reason)
  await expect(writeWorktreeFile(worktree, path, 'x', null)).rejects.toThrow(reason)
  await expect(deleteWorktreeFile(worktree, path)).rejects.toThrow(reason)
})

test('follows no symbolic link, neither at the end of a path nor on its way', async () => {
  using folder = temporaryFolder()
  const worktree = makeWorktree(folder.path)
  symlinkSync(join(folder.path, 'outside', 'secret'), join(worktree, 'file-link'))
  symlinkSync(join(folder.path, 'outside'), join(worktree, 'folder-link'))
  symlinkSync(join(folder.path, 'outside', 'planted'), join(worktree, 'dangling'))

  for (const path of ['file-link', 'folder-link/secret', 'dangling']) {
    await expect(readWorktreeFile(worktree, path, LIMIT)).rejects.toThrow('symbolic link')
    await expect(writeWorktreeFile(worktree, path, 'overwritten', null)).rejects.toThrow('cannot be used')
  }
  await expect(writeWorktreeFile(worktree, 'folder-link/new/file', 'x', null)).rejects.toThrow('cannot be used')
  await expect(deleteWorktreeFile(worktree, 'folder-link/secret')).rejects.toThrow('cannot be used')
  await deleteWorktreeFile(worktree, 'file-link')

  expect(readFileSync(join(folder.path, 'outside', 'secret'), 'utf8')).toBe('secret')
  expect(existsSync(join(folder.path, 'outside', 'planted'))).toBe(false)
  expect(existsSync(join(folder.path, 'outside', 'new'))).toBe(false)
})

test('refuses FIFOs without waiting for them, folders, hard links, files that are too large or no text', async () => {
  using folder = temporaryFolder()
  const worktree = makeWorktree(folder.path)
  execFileSync('mkfifo', [join(worktree, 'fifo')])
  linkSync(join(folder.path, 'outside', 'secret'), join(worktree, 'hard'))
  writeFileSync(join(worktree, 'large'), 'x'.repeat(LIMIT + 1))
  writeFileSync(join(worktree, 'binary'), Buffer.from([0xff, 0xfe, 0x00]))

  const reasons = {
    fifo: 'regular file',
    sub: 'regular file',
    hard: 'hard link',
    large: 'limit is 1000',
    binary: 'UTF-8',
  }
  for (const [path, reason] of Object.entries(reasons)) {
    await expect(readWorktreeFile(worktree, path, LIMIT)).rejects.toThrow(reason)
  }
  await expect(writeWorktreeFile(worktree, 'fifo', 'x', null)).rejects.toThrow('not a regular file')
  await expect(deleteWorktreeFile(worktree, 'sub')).rejects.toThrow('is a folder')

  // the file gets a new identity: the other name keeps the old content
  await writeWorktreeFile(worktree, 'hard', 'mine', null)
  expect(readFileSync(join(folder.path, 'outside', 'secret'), 'utf8')).toBe('secret')
})
