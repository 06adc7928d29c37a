import { chmodSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createBubblewrapDriver } from './bubblewrap.ts'
import { findBubblewrap } from './find-bubblewrap.ts'
import { createUnsandboxedDriver } from './none.ts'
import { PROBE_PROGRAMS, probeDriver } from './probe.ts'
import { sandboxIdentity } from './reachable.ts'
import { temporaryFolder, testToolchain } from './sandbox.fixture.ts'
import type { SandboxDriver } from './sandbox.ts'

const toolchain = await testToolchain()

/** Bubblewrap with further options after ours, as somebody would loosen it by mistake. */
function loosened(...options: readonly string[]): SandboxDriver {
  const folder = temporaryFolder()
  chmodSync(folder, 0o755) // bwrap is started as the sandbox's user
  const executable = join(folder, 'bwrap')
  const quoted = options.map((option) => `'${option}'`).join(' ')
  writeFileSync(executable, `#!/bin/sh\nshift 3\nexec ${findBubblewrap()} --args 3 ${quoted} -- "$@"\n`)
  chmodSync(executable, 0o755)
  return createBubblewrapDriver({ toolchain, executable })
}

test('bubblewrap as we start it passes', async () => {
  expect(await createBubblewrapDriver({ toolchain }).probe()).toEqual({ available: true })
  expect(await loosened().probe()).toEqual({ available: true })
})

test('the programs do no harm where they get out', () => {
  expect(PROBE_PROGRAMS).toHaveLength(12)
  for (const { name, isHarmless } of PROBE_PROGRAMS) expect(isHarmless, name).toBe(true)
})

test('a driver that claims to isolate and does not is refused, with every way out named', async () => {
  const { available, reason = '' } = await probeDriver({ ...createUnsandboxedDriver({ toolchain }), isolated: true })
  expect(available).toBe(false)
  const found = PROBE_PROGRAMS.filter(({ name }) => reason.includes(`${name} (`)).map(({ name }) => name)
  const everywhere = ['read-secret', 'write-outside', 'host-loopback', 'unix-socket', 'environment']
  expect(found).toEqual(expect.arrayContaining([...everywhere, 'read-bystander', 'signal-bystander', 'set-id-file']))
  // What root may and others may not.
  if (process.getuid?.() === 0) {
    expect(found).toEqual(expect.arrayContaining(['is-root', 'write-system', 'namespaces']))
  }
})

test.each([
  ['shares the network', ['--share-net'], 'host-loopback'],
  ['shows a folder of the host', ['--bind', '/tmp', '/tmp'], 'read-secret'],
  ['passes a variable on', ['--setenv', 'SERVICE_KEY', 'x'], 'environment'],
])('a sandbox that %s is refused', async (_what, options, program) => {
  const { available, reason } = await loosened(...options).probe()
  expect(available).toBe(false)
  expect(reason).toContain(`${program} (`)
})

test('others who connect to the servers of the probe are not taken for the program', async () => {
  const real = createBubblewrapDriver({ toolchain })
  const disturbed: SandboxDriver = {
    ...real,
    run: async (command, ...rest) => {
      const result = await real.run(command, ...rest)
      await stranger(Number(command.env?.PORT))
      return result
    },
  }
  expect(await probeDriver(disturbed)).toEqual({ available: true })
  expect(sandboxIdentity()).not.toBe(0)
})

/** Connects, says something and leaves. */
async function stranger(port: number): Promise<void> {
  await new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.end('GET / HTTP/1.0\r\n\r\n'))
    socket.on('error', resolve).on('close', resolve).resume()
  })
}
