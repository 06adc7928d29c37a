import { expect, test } from 'vitest'
import { createBubblewrapDriver } from './bubblewrap.ts'
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

test('a driver that cannot start is told with the reason', async () => {
  const probe = await createBubblewrapDriver({ toolchain, executable: '/does/not/exist' }).probe()
  expect(probe).toMatchObject({ available: false, reason: expect.stringContaining('/does/not/exist') })
})
