import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeRepository, plainGit, temporaryFolder, writeTree } from '../workspace.fixture.ts'
import { EMPTY_TREES, encodeCommit, formatOf, hashObject } from './git-object.ts'
import { createObjectMemory, type TreeFile } from './object-memory.ts'
import { decodePack, encodePack } from './pack-file.ts'

const FILES = { 'a.txt': 'a\n', 'a/b.txt': 'b\n', 'a/b/c.txt': '', 'a-b/x': 'x', 'ä.txt': 'umlaut' }

function treeOf(memory: ReturnType<typeof createObjectMemory>, files: Readonly<Record<string, string>>): string {
  const entries = Object.entries(files).map(([path, content]): [string, TreeFile] => [
    path,
    { mode: '100644', hash: memory.add({ type: 'blob', content: Buffer.from(content) }) },
  ])
  return memory.addTree(new Map(entries))
}
const without = (files: Record<string, string>, ...paths: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)))

test('names trees and commits as git does', () => {
  using folder = temporaryFolder()
  const files = without(FILES, 'a.txt')
  files['a.c'] = 'sorts between a-b and a/'
  const source = join(folder.path, 'source')
  makeRepository(source, files)
  const memory = createObjectMemory()
  const tree = treeOf(memory, files)
  expect(tree).toBe(plainGit(source, 'rev-parse', 'HEAD^{tree}').trim())
  expect([...memory.filesOf(tree).keys()]).toEqual(
    plainGit(source, '-c', 'core.quotePath=false', 'ls-files').trim().split('\n'),
  )

  const commit = encodeCommit({ tree, parents: [], message: 'words', committedAt: 1_700_000_000 })
  const made = execFileSync('git', ['commit-tree', tree, '-m', 'words'], {
    cwd: source,
    encoding: 'utf8',
    env: {
      PATH: '/usr/bin:/bin',
      GIT_AUTHOR_NAME: 'Codex Orchestrator',
      GIT_AUTHOR_EMAIL: 'codex@localhost',
      GIT_COMMITTER_NAME: 'Codex Orchestrator',
      GIT_COMMITTER_EMAIL: 'codex@localhost',
      GIT_AUTHOR_DATE: '1700000000 +0000',
      GIT_COMMITTER_DATE: '1700000000 +0000',
    },
  })
  expect(hashObject(commit)).toBe(made.trim())
  for (const [format, hash] of Object.entries(EMPTY_TREES)) {
    expect(hashObject({ type: 'tree', content: Buffer.alloc(0) }, formatOf(hash))).toBe(hash)
    expect(format).toBe(formatOf(hash))
  }
})

test('writes packs that git takes, and takes those that git writes, thin ones with deltas too', () => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  const long = Array.from({ length: 3_000 }, (_, index) => `line ${index} ${(index * 7919) % 1000}`).join('\n')
  makeRepository(source, { 'long.txt': long, 'b.txt': 'b' })
  const before = plainGit(source, 'rev-parse', 'HEAD^{tree}').trim()
  writeTree(source, { 'long.txt': `${long.slice(0, 9_000)}changed${long.slice(9_000)}`, 'c.txt': 'c' })
  plainGit(source, 'add', '-A')
  const after = plainGit(source, 'write-tree').trim()
  const pack = (args: readonly string[], input: string): Buffer =>
    execFileSync('git', ['pack-objects', '--stdout', '-q', ...args], { cwd: source, input })
  const changed = plainGit(source, 'diff-tree', '-r', '-t', before, after)
    .trim()
    .split('\n')
    .map((line) => `${line.split(/[ \t]/)[3]} ${line.split('\t')[1]}`)

  const memory = createObjectMemory()
  const options = { maxBytes: 1_000_000, findBase: (hash: string) => memory.objects.get(hash) }
  for (const object of decodePack(pack(['--revs'], `${before}\n`), options).values()) memory.add(object)
  expect(memory.filesOf(before).size).toBe(2)
  const thin = pack([], `-${before}\n${changed.join('\n')}\n${after}\n`)
  expect(thin.length).toBeLessThan(500)
  for (const object of decodePack(thin, options).values()) memory.add(object)
  expect(memory.get(memory.filesOf(after).get('long.txt')?.hash ?? '').content.toString()).toBe(
    readFileSync(join(source, 'long.txt'), 'utf8'),
  )
  // offset deltas too, which our own packs have not
  const both = pack(['--revs', '--delta-base-offset'], `${before}\n${after}\n`)
  expect(decodePack(both, { maxBytes: 1_000_000, findBase: () => undefined }).size).toBe(6)

  const bare = join(folder.path, 'bare.git')
  plainGit(folder.path, 'init', '-q', '--bare', bare)
  const whole = encodePack(memory.reach(after, EMPTY_TREES.sha1))
  execFileSync('git', ['index-pack', '--stdin'], { cwd: bare, input: whole })
  expect(plainGit(bare, 'ls-tree', '-r', '--name-only', after)).toBe('b.txt\nc.txt\nlong.txt\n')
  plainGit(bare, 'fsck', '--strict')
  expect(
    memory
      .reach(after, before)
      .map(({ type }) => type)
      .sort(),
  ).toEqual(['blob', 'blob', 'tree'])
})

test('refuses packs that are damaged, incomplete or too large', () => {
  const memory = createObjectMemory()
  const tree = treeOf(memory, without(FILES, 'a'))
  const pack = encodePack(memory.reach(treeOf(memory, { x: 'x'.repeat(5_000) }), EMPTY_TREES.sha1))
  const options = { maxBytes: 100_000, findBase: () => undefined }
  expect(decodePack(pack, options).size).toBe(2)
  expect(() => decodePack(pack, { ...options, maxBytes: 4_999 })).toThrow('more than 4999 bytes')
  const flipped = Buffer.from(pack)
  flipped[20] = (flipped[20] ?? 0) ^ 1
  expect(() => decodePack(flipped, options)).toThrow('checksum')
  expect(() => decodePack(pack.subarray(0, -1), options)).toThrow('checksum')
  expect(() => decodePack(Buffer.from('no pack'), options)).toThrow('no pack')
  expect(() => createObjectMemory().filesOf(tree)).toThrow('is not here')
})
