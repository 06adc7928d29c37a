import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import { lockDataFolder } from './data-folder-lock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codex-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const HOLDER = fileURLToPath(new URL('./lock-holder-process.fixture.ts', import.meta.url))

/** A process of its own that holds the folder. */
async function startHolder() {
  const child = spawn(process.execPath, [HOLDER, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

test('a second server is refused with the folder, the first one and what to do, until the first one gives it back', async () => {
  const release = await lockDataFolder(folder, SILENT_LOG)
  await expect(lockDataFolder(folder, SILENT_LOG)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(
      new RegExp(`${folder} is in use by another server \\(pid ${process.pid} on ${hostname()}\\).*CODEX_DATA_DIR`),
    ),
  })
  await release()
  await (await lockDataFolder(folder, SILENT_LOG))()
})

test('what a killed server leaves is in nobody’s way, also where its pid lives again', async () => {
  const holder = await startHolder()
  await expect(lockDataFolder(folder, SILENT_LOG)).rejects.toMatchObject({
    message: expect.stringContaining(`pid ${holder.pid} `),
  })
  await holder.kill()
  await writeFile(join(folder, 'lock'), `pid ${process.ppid} on ${hostname()}\n`)
  const release = await lockDataFolder(folder, SILENT_LOG)
  expect(await readFile(join(folder, 'lock'), 'utf8')).toBe(`pid ${process.pid} on ${hostname()}\n`)
  await release()
})

test('programs that the server started and that outlive it do not keep the folder', async () => {
  const release = await lockDataFolder(folder, SILENT_LOG)
  const child = spawn('sleep', ['600'], { stdio: 'ignore' })
  try {
    await once(child, 'spawn')
    await release()
    await (await lockDataFolder(folder, SILENT_LOG))()
  } finally {
    child.kill('SIGKILL')
  }
})
