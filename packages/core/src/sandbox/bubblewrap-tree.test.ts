import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { followBubblewrap } from './bubblewrap-tree.ts'
import { findBubblewrap } from './find-bubblewrap.ts'
import { createProcessSampler } from './process-sampler.ts'
import { outputStream } from './stdio-streams.ts'
import { systemRootArguments } from './system-root.ts'

/** Starts a shell and a sleeper in a pid namespace and lists them. */
async function listFamily(...mounts: readonly string[]) {
  const isolation = ['--unshare-user', '--unshare-pid', '--as-pid-1', '--die-with-parent']
  const script = 'sleep 300 & printf s >&3; wait'
  const child = spawn(
    findBubblewrap() ?? 'bwrap',
    [...isolation, ...systemRootArguments(), '--dev', '/dev', ...mounts, '/bin/sh', '-c', script],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: true },
  )
  const exited = once(child, 'exit')
  const started = outputStream(child, 3)
  const tree = followBubblewrap(child, started)
  await once(started, 'data')
  const rows = await tree.list(createProcessSampler())
  tree.kill()
  await exited
  return { rows, tree }
}

test('lists processes by the /proc of the sandbox', async () => {
  const { rows, tree } = await listFamily('--proc', '/proc')
  expect(rows.map(({ pid, parentPid }) => [pid, parentPid])).toEqual([
    [1, 0],
    [2, 1],
  ])
  expect(rows.every(({ folder, pid }) => folder.endsWith(`/root/proc/${pid}`))).toBe(true)
  expect(tree.isGone()).toBe(true)
  expect(await tree.list(createProcessSampler())).toEqual([])
})

test('lists them by the processes of the machine where that cannot be seen', async () => {
  const { rows } = await listFamily()
  expect(rows).toHaveLength(2)
  expect(rows[1]?.parentPid).toBe(rows[0]?.pid)
  expect(rows[0]?.folder).toBe(`/proc/${rows[0]?.pid}`)
})
