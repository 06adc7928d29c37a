import { expect, test } from 'vitest'
import { createUnsandboxedDriver } from './none.ts'
import { readProcess } from './process-table.ts'
import { policyFor, temporaryFolder, testToolchain } from './sandbox.fixture.ts'

const driver = createUnsandboxedDriver({ toolchain: await testToolchain() })

test('runs with a clean environment and says that it does not isolate', async () => {
  const result = await driver.run({ argv: ['/bin/sh', '-c', 'env | cut -d= -f1 | sort'] }, policyFor(temporaryFolder()))
  expect(result).toMatchObject({ exitCode: 0, isolated: false, driver: 'none' })
  expect(result.stdout.trim().split('\n')).toEqual([
    ...['CI', 'CODEX_SANDBOX_RUN', 'HOME', 'LANG', 'NO_COLOR', 'PATH', 'PWD', 'TMPDIR'],
  ])
})

test('kills daemons that left the session', async () => {
  const script = 'setsid sh -c "echo \\$\\$ > pid; exec sleep 300" & while [ ! -s pid ]; do :; done; cat pid'
  const result = await driver.run({ argv: ['/bin/sh', '-c', script] }, policyFor(temporaryFolder()))
  expect(readProcess(Number(result.stdout))).toBeNull()
})

test('tells of output while the command goes on', async () => {
  const stop = new AbortController()
  const command = { argv: ['/bin/sh', '-c', 'echo on >&2; sleep 300'] } as const
  const result = await driver.run(command, policyFor(temporaryFolder()), {
    signal: stop.signal,
    onOutput: () => stop.abort(),
  })
  expect(result).toMatchObject({ limit: 'aborted', stderr: 'on\n' })
})

test('limits hold', async () => {
  const policy = policyFor(temporaryFolder(), { wallMs: 200 })
  expect((await driver.run({ argv: ['sleep', '300'] }, policy)).limit).toBe('wall')
  const cpu = await driver.run(
    { argv: ['/bin/sh', '-c', 'while :; do :; done'] },
    policyFor(temporaryFolder(), { cpuSeconds: 1 }),
  )
  expect(cpu.limit).toBe('cpu')
})
