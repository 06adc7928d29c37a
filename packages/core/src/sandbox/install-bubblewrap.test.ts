import { expect, test } from 'vitest'
import { type InstallOptions, installBubblewrap, installCommand } from './install-bubblewrap.ts'

const debian = { platform: 'linux', isRoot: true, packageManagers: ['apt-get'] } as const

/** A machine without bwrap, on which the n-th call of each listed program fails. */
function machine(failures: readonly string[] = []) {
  const calls: string[] = []
  const messages: string[] = []
  let isPresent = false
  const options: InstallOptions = {
    log: (message) => messages.push(message),
    system: debian,
    isPresent: () => isPresent,
    execute: async (_file, args) => {
      const call = args.join(' ')
      calls.push(call)
      const rank = calls.filter((other) => other === call).length
      if (failures.includes(`${call} #${rank}`)) throw new Error('no network')
      if (call.includes('install')) isPresent = true
    },
  }
  return { options, calls, messages }
}

const INSTALL = 'DEBIAN_FRONTEND=noninteractive apt-get install -y bubblewrap --no-install-recommends'

test('installs through apt-get as root on Debian and says so', async () => {
  const { options, calls, messages } = machine()
  expect(await installBubblewrap(options)).toEqual({ installed: true })
  expect(calls).toEqual([INSTALL])
  expect(messages[0]).toContain('apt-get install -y bubblewrap')
})

test('updates the package lists and tries once more', async () => {
  const { options, calls } = machine([`${INSTALL} #1`])
  expect(await installBubblewrap(options)).toEqual({ installed: true })
  expect(calls).toEqual([INSTALL, 'apt-get update', INSTALL])
})

test('a failure is told with the command to run', async () => {
  const { options } = machine([`${INSTALL} #1`, 'apt-get update #1'])
  expect(await installBubblewrap(options)).toEqual({
    installed: false,
    reason: 'apt-get failed: no network',
    remedy: 'apt-get install -y bubblewrap',
  })
})

test('changes nothing without root or apt-get and names the command', async () => {
  for (const [system, remedy] of [
    [{ ...debian, isRoot: false }, 'sudo apt-get install -y bubblewrap'],
    [{ ...debian, packageManagers: ['dnf'] }, 'dnf install -y bubblewrap'],
  ] as const) {
    const { options, calls } = machine()
    expect(await installBubblewrap({ ...options, system })).toMatchObject({ installed: false, remedy })
    expect(calls).toEqual([])
  }
  expect(installCommand({ ...debian, platform: 'darwin' })).toBeNull()
  expect(installCommand({ ...debian, packageManagers: [] })).toBeNull()
})

test('changes nothing when bwrap is there', async () => {
  const { options, calls } = machine()
  expect((await installBubblewrap({ ...options, isPresent: () => true })).installed).toBe(false)
  expect(calls).toEqual([])
})
