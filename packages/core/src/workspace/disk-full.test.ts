import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorkspaceManager } from './create-workspace-manager.ts'
import { createTestArchive } from './test-archive.fixture.ts'
import { temporaryFolder } from './workspace.fixture.ts'

/** A disk of one megabyte; null where this process may not mount one. */
function mountSmallDisk(folder: string): Disposable | null {
  mkdirSync(folder, { recursive: true })
  const mounted = spawnSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
  if (mounted.status !== 0) return null
  return { [Symbol.dispose]: () => void execFileSync('/usr/bin/umount', ['-l', folder]) }
}

using probe = temporaryFolder()
const canMount = (() => {
  const disk = mountSmallDisk(join(probe.path, 'disk'))
  disk?.[Symbol.dispose]()
  return disk !== null
})()

test.runIf(canMount)(
  'a full disk is told with its folder and what to do, and leaves nothing half-written',
  async () => {
    using folder = temporaryFolder()
    const rootDir = join(folder.path, 'disk')
    using disk = mountSmallDisk(rootDir)
    expect(disk).not.toBe(null)
    const full = {
      code: 'WORKSPACE_ERROR',
      message: expect.stringMatching(/The disk that holds .*disk.* is full\. Free some space/),
      data: expect.objectContaining({ diskFull: true }),
    }
    // nothing of it can be packed smaller
    let seed = 1
    const noise = Array.from({ length: 900_000 }, () => {
      seed = (seed * 48_271) % 2_147_483_647
      return String.fromCharCode(33 + (seed % 90))
    }).join('')

    const onDisk = createWorkspaceManager({ rootDir })
    const workspace = await onDisk.open('run-1', { kind: 'empty' })
    await workspace.writeFile('a.txt', 'a')
    await workspace.writeFile('large.txt', noise)
    // git's objects have no room any more
    await expect(workspace.treeHash()).rejects.toMatchObject(full)
    await expect(workspace.writeFile('more.txt', noise)).rejects.toMatchObject(full)
    expect(readdirSync(workspace.worktree).sort()).toEqual(['a.txt', 'large.txt'])
    await workspace.deleteFile('large.txt')
    expect(await workspace.listFiles()).toEqual(['a.txt'])
    await onDisk.remove('run-1', { everything: true })

    const inMemory = createWorkspaceManager({ rootDir, archive: createTestArchive() })
    const lazy = await inMemory.open('run-2', { kind: 'empty' })
    await lazy.writeFile('one.txt', noise)
    await lazy.writeFile('two.txt', `${noise.slice(1)}!`)
    await expect(lazy.checkOut()).rejects.toMatchObject(full)
    expect(existsSync(join(rootDir, 'run-2', 'git'))).toBe(false)
    expect(readdirSync(join(rootDir, 'run-2')).filter((name) => name.startsWith('draft'))).toEqual([])
    await lazy.discard({ keepObjects: false })
  },
)
