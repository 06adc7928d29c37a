import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createBubblewrapDriver } from './bubblewrap.ts'
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
