import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { findProcesses } from './processes.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

test.each([
  ['SIGINT', 'bench', ['runs', '--variants=answers', '--bare=false'], 'warming up'],
  ['SIGTERM', 'chaos', ['--nodes', '2', '--runs', '5', '--kills', '2', '--seed', '1'], 'nodes are up'],
] as const)('%s ends %s with all of its servers and databases', async (signal, command, args, until) => {
  // short: the paths of sockets are limited
  const folder = await mkdtemp(join(tmpdir(), 'ended-'))
  await chmod(folder, 0o755) // its servers and databases run as other users when this runs as root
  const child = spawn(process.execPath, [MAIN, command, ...args], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    const exited = once(child, 'exit')
    let told = ''
    const hasBegun = new Promise<void>((resolve) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        told += text
        if (told.includes(until)) resolve()
      })
    })
    const hasFailed = exited.then(() => {
      throw new Error(`it ended before it began:\n${told}`)
    })
    await Promise.race([hasBegun, hasFailed])
    expect((await findProcesses(folder)).length).toBeGreaterThan(2)
    child.kill(signal)
    expect(await exited).toEqual([130, null])
    const left = await findProcesses(folder)
    expect(left).toEqual([])
    expect((await readdir(folder)).filter((name) => name.startsWith('codex-'))).toEqual([])
  } finally {
    child.kill('SIGKILL')
    for (const { pid } of await findProcesses(folder)) process.kill(pid, 'SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
})
