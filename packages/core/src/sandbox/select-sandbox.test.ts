import { expect, test } from 'vitest'
import { createBubblewrapDriver } from './bubblewrap.ts'
import { createUnsandboxedDriver } from './none.ts'
import { probeDriver } from './probe.ts'
import { testToolchain } from './sandbox.fixture.ts'
import { selectSandbox } from './select-sandbox.ts'

const toolchain = await testToolchain()

test('auto selects an isolating driver that passes its probe', async () => {
  const { driver, probe } = await selectSandbox({ setting: 'auto', toolchain })
  expect(driver).toMatchObject({ name: 'bubblewrap', isolated: true })
  expect(probe).toEqual({ available: true })
})

test('no isolation is had by asking for it only', async () => {
  const { driver, probe } = await selectSandbox({ setting: 'none', toolchain })
  expect(driver).toMatchObject({ name: 'none', isolated: false })
  expect(probe).toEqual({ available: true })
})

test('the probe refuses a driver that claims to isolate and does not', async () => {
  const open = { ...createUnsandboxedDriver({ toolchain }), isolated: true }
  // Only the programs that do no harm: the ones that write to the system would.
  const guarded = { ...open, run: (...args: Parameters<typeof open.run>) => refuseHarm(open.run, ...args) }
  const probe = await probeDriver(guarded)
  expect(probe.available).toBe(false)
  expect(probe.reason).toContain('read-secret')
})

async function refuseHarm(run: ReturnType<typeof createUnsandboxedDriver>['run'], ...args: Parameters<typeof run>) {
  const [{ argv, ...command }, ...rest] = args
  const isHarmful = argv.some((text) => text.includes('touch "$d/pwned') || text.includes('unshare'))
  return await run({ ...command, argv: isHarmful ? ['true'] : argv }, ...rest)
}

test('a driver that cannot start is told with the reason', async () => {
  const probe = await createBubblewrapDriver({ toolchain, executable: '/does/not/exist' }).probe()
  expect(probe).toMatchObject({ available: false, reason: expect.stringContaining('/does/not/exist') })
})
