import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readBack } from './read-back.ts'
import { temporaryFolder } from './sandbox.fixture.ts'

function scene() {
  const folder = temporaryFolder()
  const root = join(folder, 'worktree')
  mkdirSync(join(root, 'sub'), { recursive: true })
  mkdirSync(join(folder, 'outside'))
  writeFileSync(join(folder, 'outside/secret'), 'secret')
  return { root, outside: join(folder, 'outside'), at: (path: string) => join(root, path) }
}

test('reads regular files below the root; a missing one is null', async () => {
  const { root, at } = scene()
  writeFileSync(at('sub/report'), 'fine')
  writeFileSync(at('empty'), '')
  expect((await readBack(root, 'sub/report'))?.toString()).toBe('fine')
  expect((await readBack(root, 'empty'))?.length).toBe(0)
  expect(await readBack(root, 'sub/missing')).toBeNull()
  expect(await readBack(root, 'empty/below')).toBeNull()
})

test('follows no link, at the end or on the way', async () => {
  const { root, outside, at } = scene()
  symlinkSync(join(outside, 'secret'), at('report'))
  symlinkSync(outside, at('way'))
  await expect(readBack(root, 'report')).rejects.toThrow('symbolic link')
  await expect(readBack(root, 'way/secret')).rejects.toThrow('symbolic link')
})

test('refuses hard links, folders, FIFOs and sockets without waiting', async () => {
  const { root, outside, at } = scene()
  linkSync(join(outside, 'secret'), at('hard'))
  await expect(readBack(root, 'hard')).rejects.toThrow('hard link')
  await expect(readBack(root, 'sub')).rejects.toThrow('not a regular file')
  execFileSync('mkfifo', [at('fifo')])
  await expect(readBack(root, 'fifo')).rejects.toThrow('not a regular file')
  const server = createServer().listen(at('socket'))
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  await expect(readBack(root, 'socket')).rejects.toThrow('not a regular file')
})

test('refuses what is too large, without reading it', async () => {
  const { root, at } = scene()
  writeFileSync(at('sparse'), '')
  truncateSync(at('sparse'), 10 * 1024 ** 3)
  await expect(readBack(root, 'sparse')).rejects.toMatchObject({
    code: 'WORKSPACE_ERROR',
    message: expect.stringContaining('the limit is 1048576'),
  })
  writeFileSync(at('small'), '12345')
  await expect(readBack(root, 'small', { maxBytes: 4 })).rejects.toThrow('5 bytes')
  expect((await readBack(root, 'small', { maxBytes: 5 }))?.length).toBe(5)
})

test('refuses paths that leave the root', async () => {
  const { root } = scene()
  for (const path of ['../outside/secret', '/etc/passwd', 'sub/../../x', 'a//b', '', 'a\0b']) {
    await expect(readBack(root, path), path).rejects.toMatchObject({ code: 'WORKSPACE_ERROR' })
  }
})
