import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createReportFolder } from './report-folder.ts'

function worktree(): string {
  const path = mkdtempSync(join(tmpdir(), 'codex-report-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('has a name of its own each time and removes what a killed service left', async () => {
  const root = worktree()
  mkdirSync(join(root, '.codex-verify-old'))
  const first = await createReportFolder(root, { 'support.mjs': 'x' })
  expect(existsSync(join(root, '.codex-verify-old'))).toBe(false)
  expect(await first.read('support.mjs')).toBe('x')
  const second = await createReportFolder(root)
  expect(second.path).not.toBe(first.path)
  expect(existsSync(first.path)).toBe(false)
  await second.remove()
  expect(existsSync(second.path)).toBe(false)
})

test('reads plain files alone', async () => {
  const root = worktree()
  const folder = await createReportFolder(root)
  writeFileSync(join(root, 'outside'), 'outside')
  symlinkSync(join(root, 'outside'), join(folder.path, 'link'))
  linkSync(join(root, 'outside'), join(folder.path, 'hard'))
  mkdirSync(join(root, 'elsewhere'))
  writeFileSync(join(root, 'elsewhere', 'report'), 'elsewhere')
  symlinkSync(join(root, 'elsewhere'), join(folder.path, 'linked'))
  writeFileSync(join(folder.path, 'huge'), '')
  truncateSync(join(folder.path, 'huge'), 65 * 1024 * 1024)
  writeFileSync(join(folder.path, 'plain'), 'content')
  for (const name of ['link', 'hard', 'linked/report', 'huge', '.']) {
    await expect(folder.read(name), name).rejects.toMatchObject({ code: 'WORKSPACE_ERROR' })
  }
  expect(await folder.read('missing')).toBeNull()
  expect(await folder.read('plain')).toBe('content')
})
