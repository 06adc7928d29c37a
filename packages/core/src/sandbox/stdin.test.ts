import { expect, test } from 'vitest'
import { createBubblewrapDriver } from './bubblewrap.ts'
import { MAX_STDIN_BYTES } from './command-place.ts'
import { createUnsandboxedDriver } from './none.ts'
import { policyFor, temporaryFolder, testToolchain } from './sandbox.fixture.ts'

const toolchain = await testToolchain()
const drivers = [createBubblewrapDriver({ toolchain }), createUnsandboxedDriver({ toolchain })]

test.each(drivers)('$name gives the text on standard input and closes it', async (driver) => {
  const policy = policyFor(temporaryFolder())
  const stdin = `erste Zeile: ü\n${'x'.repeat(MAX_STDIN_BYTES - 17)}\n`
  expect(Buffer.byteLength(stdin)).toBe(MAX_STDIN_BYTES)
  expect((await driver.run({ argv: ['cat'], stdin }, policy)).stdout).toBe(stdin)
  expect((await driver.run({ argv: ['cat', '/dev/stdin'], stdin: 'by name' }, policy)).stdout).toBe('by name')
  expect((await driver.run({ argv: ['cat'], stdin: '' }, policy)).stdout).toBe('')
  // One that does not read it ends like any other.
  expect(await driver.run({ argv: ['true'], stdin }, policy)).toMatchObject({ exitCode: 0, limit: null })
})

test.each(drivers)('$name has an empty input by default', async (driver) => {
  expect(await driver.run({ argv: ['cat'] }, policyFor(temporaryFolder()))).toMatchObject({ exitCode: 0, stdout: '' })
})

test.each(drivers)('$name refuses an input over the limit before anything starts', async (driver) => {
  const command = { argv: ['touch', 'ran'] as const, stdin: 'ü'.repeat(MAX_STDIN_BYTES / 2 + 1) }
  await expect(driver.run(command, policyFor(temporaryFolder()))).rejects.toMatchObject({
    code: 'SANDBOX_VIOLATION',
    message: expect.stringContaining(`has ${MAX_STDIN_BYTES + 2} bytes, the limit is ${MAX_STDIN_BYTES}`),
  })
})

test('the command behind the egress bridge gets it too', async () => {
  const [driver] = drivers
  const policy = { ...policyFor(temporaryFolder()), network: { allow: ['registry.example:443'] } }
  expect((await driver?.run({ argv: ['cat'], stdin: 'through' }, policy))?.stdout).toBe('through')
})
