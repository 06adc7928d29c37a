import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createBubblewrapDriver } from './bubblewrap.ts'
import { findBubblewrap } from './find-bubblewrap.ts'
import { ROOMY_LIMITS } from './roomy-limits.fixture.ts'
import { policyFor, temporaryFolder, testToolchain } from './sandbox.fixture.ts'

const driver = createBubblewrapDriver({ toolchain: await testToolchain() })
const shell = (script: string) => ({ argv: ['/bin/sh', '-c', script] as const })

test('runs a command in the worktree and reports what it did', async () => {
  const worktree = temporaryFolder()
  writeFileSync(join(worktree, 'in.txt'), 'hello')
  const result = await driver.run(
    { argv: ['sh', '-c', 'cat in.txt; echo problem >&2; pwd > out.txt; exit 3'], env: { EXTRA: '1' } },
    policyFor(worktree),
  )
  expect(result).toMatchObject({
    exitCode: 3,
    signal: null,
    limit: null,
    stdout: 'hello',
    stderr: 'problem\n',
    outputTruncated: false,
    driver: 'bubblewrap',
    isolated: true,
    deniedHosts: [],
  })
  expect(result.envNames).toEqual(['CI', 'EXTRA', 'HOME', 'LANG', 'NO_COLOR', 'PATH', 'TMPDIR'])
  expect(readFileSync(join(worktree, 'out.txt'), 'utf8')).toBe(`${worktree}\n`)
})

test('passes arguments through untouched', async () => {
  const argv = ['printf', '%s|', 'a b', '$HOME', '"', '', '*'] as const
  expect((await driver.run({ argv }, policyFor(temporaryFolder()))).stdout).toBe('a b|$HOME|"||*|')
})

test('offers the node that runs the service', async () => {
  const result = await driver.run({ argv: ['node', '-p', 'process.version'] }, policyFor(temporaryFolder()))
  expect(result.stdout.trim()).toBe(process.version)
})

test('tells the signal that ended a command', async () => {
  expect(await driver.run(shell('kill -SEGV $$'), policyFor(temporaryFolder()))).toMatchObject({
    exitCode: null,
    signal: 'SIGSEGV',
    limit: null,
    stderr: '',
  })
})

test('a missing program is exit code 127, as in a shell', async () => {
  const result = await driver.run({ argv: ['no-such-program'] }, policyFor(temporaryFolder()))
  expect(result.exitCode).toBe(127)
  expect(result.stderr).toContain('no-such-program')
})

test('returns when the command ends, though a daemon holds its output open', async () => {
  const result = await driver.run(shell('setsid sleep 300 & echo done'), policyFor(temporaryFolder()))
  expect(result).toMatchObject({ exitCode: 0, stdout: 'done\n' })
  expect(result.durationMs).toBeLessThan(60_000)
})

test('aborting kills the tree', async () => {
  const controller = new AbortController()
  const worktree = temporaryFolder()
  const running = driver.run(shell('touch started; setsid sleep 300 & sleep 300'), policyFor(worktree), {
    signal: controller.signal,
  })
  controller.abort()
  expect(await running).toMatchObject({ limit: 'aborted', signal: 'SIGKILL', exitCode: null })
})

test('the wall limit kills the tree', async () => {
  const result = await driver.run(shell('sleep 300'), policyFor(temporaryFolder(), { wallMs: 300 }))
  expect(result).toMatchObject({ limit: 'wall', signal: 'SIGKILL' })
})

test('refuses a cwd outside the worktree and a worktree that is no folder', async () => {
  const worktree = temporaryFolder()
  await expect(driver.run({ argv: ['true'], cwd: '..' }, policyFor(worktree))).rejects.toMatchObject({
    code: 'SANDBOX_VIOLATION',
  })
  await expect(driver.run({ argv: ['true'] }, policyFor(join(worktree, 'missing')))).rejects.toMatchObject({
    code: 'SANDBOX_VIOLATION',
  })
})

test('a sandbox that cannot be set up is SANDBOX_UNAVAILABLE with the reason', async () => {
  const policy = { ...policyFor(temporaryFolder()), readOnly: [{ source: '/does/not/exist', target: '/opt/x' }] }
  await expect(driver.run({ argv: ['true'] }, policy)).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
    message: expect.stringContaining('/does/not/exist'),
  })
  const missing = createBubblewrapDriver({ toolchain: await testToolchain(), executable: '/does/not/exist' })
  await expect(missing.run({ argv: ['true'] }, policyFor(temporaryFolder()))).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
  })
  expect(await missing.probe()).toMatchObject({ available: false })
})

test('aborting at any moment of the start leaves nothing behind', async () => {
  const worktree = temporaryFolder()
  const mark = `mark-${process.pid}-${Date.now()}`
  const results = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const signal = AbortSignal.timeout(index * 4)
      const command = { ...shell('sleep 300'), env: { ABORT_MARK: mark } }
      return await driver.run(command, policyFor(worktree), { signal })
    }),
  )
  for (const { limit } of results) expect(limit).toBe('aborted')
  expect(processesWith(mark)).toEqual([])
})

test('a command that was aborted before its start never runs', async () => {
  const worktree = temporaryFolder()
  const result = await driver.run(shell('touch ran'), policyFor(worktree), { signal: AbortSignal.abort() })
  expect(result).toMatchObject({ limit: 'aborted', exitCode: null, durationMs: 0 })
  expect(readdirSync(worktree)).toEqual([])
})

test('kill -9 of the service takes its commands along', async () => {
  const worktree = temporaryFolder()
  const mark = `mark-${process.pid}-${Date.now()}`
  const program = `
    import { createBubblewrapDriver, detectToolchain } from ${JSON.stringify(import.meta.resolve('./index.ts'))}
    const driver = createBubblewrapDriver({ toolchain: await detectToolchain({ searchPath: '' }) })
    const argv = ['/bin/sh', '-c', 'setsid sleep 300 & echo up > up; sleep 300']
    const policy = { worktree: ${JSON.stringify(worktree)}, network: 'none', limits: ${JSON.stringify(ROOMY_LIMITS)} }
    await driver.run({ argv, env: { KILL_MARK: '${mark}' } }, policy)`
  const service = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' })
  await until(() => readdirSync(worktree).includes('up'))
  expect(processesWith(mark).length).toBeGreaterThan(1)
  service.kill('SIGKILL')
  await once(service, 'exit')
  await until(() => processesWith(mark).length === 0)
})

test('kill -9 of the service while bwrap has its arguments and has made nothing yet: no command starts, nothing stays', async () => {
  const worktree = temporaryFolder()
  const folder = temporaryFolder()
  const mark = `mark-${process.pid}-${Date.now()}`
  // stands before bwrap until the gate opens
  execFileSync('mkfifo', [join(folder, 'gate')])
  const slow = join(folder, 'bwrap')
  const script = `echo $$ > ${folder}/pid; : < ${folder}/gate; exec ${findBubblewrap()} "$@"`
  writeFileSync(slow, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  chmodSync(folder, 0o777)
  const program = `
    import { existsSync, writeFileSync } from 'node:fs'
    import { createBubblewrapDriver, detectToolchain } from ${JSON.stringify(import.meta.resolve('./index.ts'))}
    const toolchain = await detectToolchain({ searchPath: '' })
    const driver = createBubblewrapDriver({ toolchain, executable: ${JSON.stringify(slow)} })
    const policy = { worktree: ${JSON.stringify(worktree)}, network: 'none', limits: ${JSON.stringify(ROOMY_LIMITS)} }
    // the arguments are handed over in the tick of the spawn
    setInterval(() => existsSync('${folder}/pid') && writeFileSync('${folder}/handed', ''), 5)
    await driver.run({ argv: ['/bin/sh', '-c', 'touch ran; sleep 300', '${mark}'] }, policy)`
  const service = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' })
  await until(() => readdirSync(folder).includes('handed'))
  service.kill('SIGKILL')
  await once(service, 'exit')
  expect(processesWith(mark, 'cmdline').length).toBeGreaterThan(0)
  writeFileSync(join(folder, 'gate'), '')
  await until(() => !existsSync(`/proc/${readFileSync(join(folder, 'pid'), 'utf8').trim()}`)) // bwrap itself
  await until(() => processesWith(mark, 'cmdline').length === 0)
  expect(readdirSync(worktree)).toEqual([])
})

test('commands run side by side, also in the same worktree', async () => {
  const worktree = temporaryFolder()
  const outputs = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      return (await driver.run(shell(`echo ${index} | tee ${index}.txt`), policyFor(worktree))).stdout
    }),
  )
  expect(outputs).toEqual(Array.from({ length: 8 }, (_, index) => `${index}\n`))
  expect(readdirSync(worktree).length).toBe(8)
})

/** Resolves when a state of other processes has come; the test's own time limit ends a wait in vain. */
async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await delay(5)
}

function processesWith(mark: string, file: 'environ' | 'cmdline' = 'environ'): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/${file}`, 'latin1').includes(mark)
    } catch {
      return false // gone meanwhile
    }
  })
}
