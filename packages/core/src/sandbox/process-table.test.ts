import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { descendants, readProcess, readProcessTable, readProportionalBytes, readPsTable } from './process-table.ts'

async function startFamily() {
  const child = spawn('/bin/sh', ['-c', 'sleep 300 & echo ready; wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void (child.pid !== undefined && process.kill(-child.pid, 'SIGKILL')))
  await once(child.stdout, 'data')
  if (child.pid === undefined) throw new Error('not started')
  return child.pid
}

test('finds a process, its group and what is below it', async () => {
  const pid = await startFamily()
  const family = descendants(readProcessTable(), pid)
  expect(family.map(({ groupId }) => groupId)).toEqual([pid, pid])
  expect(family[0]).toMatchObject({ pid, parentPid: process.pid, sessionId: pid })
  expect(family[0]?.residentBytes).toBeGreaterThan(100_000)
  expect(readProportionalBytes({ folder: `/proc/${pid}` })).toBeGreaterThan(10_000)
})

test('ps tells the same of a process as /proc', async () => {
  const pid = await startFamily()
  const row = readPsTable().get(pid)
  expect(row).toMatchObject({ pid, parentPid: process.pid, groupId: pid })
  expect(row?.residentBytes).toBeGreaterThan(100_000)
  expect(row?.startTicks).toBeGreaterThan(0)
})

test('a process that is gone or a zombie is none', async () => {
  const child = spawn('true')
  await once(child, 'exit')
  expect(readProcess(child.pid ?? 0)).toBeNull()
  expect(readProportionalBytes({ folder: `/proc/${child.pid}` })).toBeNull()
})
