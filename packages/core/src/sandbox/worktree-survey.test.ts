import { chmodSync, lstatSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sandboxIdentity } from './reachable.ts'
import { temporaryFolder } from './sandbox.fixture.ts'
import { surveyWorktree } from './worktree-survey.ts'

test('counts entries and the blocks that they take', async () => {
  const root = temporaryFolder()
  mkdirSync(join(root, 'a/b'), { recursive: true })
  writeFileSync(join(root, 'a/b/full'), Buffer.alloc(100_000, 1))
  writeFileSync(join(root, 'sparse'), '')
  truncateSync(join(root, 'sparse'), 1e12)
  const survey = await surveyWorktree(root)
  expect(survey).toMatchObject({ inodes: 4, isComplete: true })
  expect(survey.bytes).toBeGreaterThanOrEqual(100_000)
  expect(survey.bytes).toBeLessThan(1_000_000)
})

test('tells the largest file that changed since a time', async () => {
  const root = temporaryFolder()
  writeFileSync(join(root, 'file'), '12345')
  expect((await surveyWorktree(root, { changedSinceMs: 0 })).largestChangedFileBytes).toBe(5)
  expect((await surveyWorktree(root, { changedSinceMs: Date.now() + 60_000 })).largestChangedFileBytes).toBe(0)
})

test('follows no link and ends early when it has seen enough', async () => {
  const root = temporaryFolder()
  symlinkSync('/usr', join(root, 'usr'))
  expect((await surveyWorktree(root)).inodes).toBe(1)
  for (let index = 0; index < 50; index += 1) writeFileSync(join(root, String(index)), '')
  expect((await surveyWorktree(root, { enough: { bytes: 1e9, inodes: 10 } })).inodes).toBe(11)
})

test('a tree too deep to follow is not complete', async () => {
  const root = temporaryFolder()
  mkdirSync(join(root, ...Array.from({ length: 300 }, () => 'd')), { recursive: true })
  expect((await surveyWorktree(root)).isComplete).toBe(false)
})

test('a worktree that is gone is empty', async () => {
  expect(await surveyWorktree(join(temporaryFolder(), 'missing'))).toMatchObject({ inodes: 0, isComplete: true })
})

test.runIf(sandboxIdentity() === null)('a closed folder makes it incomplete', async () => {
  const root = temporaryFolder()
  mkdirSync(join(root, 'closed'))
  chmodSync(join(root, 'closed'), 0)
  expect((await surveyWorktree(root)).isComplete).toBe(false)
})

test.runIf(sandboxIdentity() !== null)('hands everything over to an owner, links themselves included', async () => {
  const root = temporaryFolder()
  const outside = join(temporaryFolder(), 'file')
  writeFileSync(outside, '')
  mkdirSync(join(root, 'a'))
  writeFileSync(join(root, 'a/file'), '')
  symlinkSync(outside, join(root, 'link'))
  await surveyWorktree(root, { owner: 65_530 })
  for (const path of ['', 'a', 'a/file', 'link']) expect(lstatSync(join(root, path)).uid, path).toBe(65_530)
  expect(lstatSync(outside).uid).toBe(0)
})
