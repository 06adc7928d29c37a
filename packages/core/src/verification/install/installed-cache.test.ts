import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createInstalledCache } from './installed-cache.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'codex-cache-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function worktree(content: string): string {
  const path = folder()
  mkdirSync(join(path, 'node_modules/a'), { recursive: true })
  writeFileSync(join(path, 'node_modules/a/index.js'), content)
  return path
}

test('gives back what an installation left, and says which archive it was', async () => {
  const directory = join(folder(), 'cache')
  const cache = createInstalledCache(directory)
  const target = folder()
  expect(await cache.restore('key', target, 'any')).toBeNull()
  await cache.store('key', worktree('one'))
  const archive = await cache.restore('key', target, 'fresh')
  expect(archive).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{64}$/), storedAt: expect.stringContaining('T') })
  expect(readFileSync(join(target, 'node_modules/a/index.js'), 'utf8')).toBe('one')
  expect(await cache.restore('other', target, 'any')).toBeNull()

  // a newer one takes its place
  await cache.store('key', worktree('two'))
  expect(readdirSync(directory)).toHaveLength(1)
  const later = await cache.restore('key', folder(), 'fresh')
  expect(later?.digest).not.toBe(archive?.digest)
})

test('takes an archive older than a day only when it is asked to', async () => {
  const directory = folder()
  const cache = createInstalledCache(directory)
  await cache.store('key', worktree('one'))
  const [name = ''] = readdirSync(directory)
  const old = new Date(Date.now() - 25 * 60 * 60_000)
  utimesSync(join(directory, name), old, old)
  expect(await cache.restore('key', folder(), 'fresh')).toBeNull()
  expect(await cache.restore('key', folder(), 'any')).toMatchObject({ storedAt: old.toISOString() })
})

test('keeps the archives that were used last', async () => {
  const directory = folder()
  const cache = createInstalledCache(directory)
  for (let index = 0; index < 8; index += 1) await cache.store(`key${index}`, worktree(`${index}`))
  const now = Date.now()
  for (const [index, name] of readdirSync(directory).sort().entries()) {
    const time = new Date(now - 60_000 + index)
    utimesSync(join(directory, name), time, time)
  }
  await cache.restore('key0', folder(), 'fresh')
  await cache.store('key8', worktree('8'))
  const kept = readdirSync(directory).map((name) => name.split('.')[0])
  expect(kept.sort()).toEqual(['key0', 'key2', 'key3', 'key4', 'key5', 'key6', 'key7', 'key8'])
})

test('leaves nothing behind when an archive is broken', async () => {
  const directory = folder()
  const cache = createInstalledCache(directory)
  await cache.store('key', worktree('one'))
  const [name = ''] = readdirSync(directory)
  chmodSync(join(directory, name), 0o600)
  writeFileSync(join(directory, name), 'no archive')
  const target = folder()
  expect(await cache.restore('key', target, 'any')).toBeNull()
  expect(existsSync(join(target, 'node_modules'))).toBe(false)
})
