import { expect, test } from 'vitest'
import { createBubblewrapDriver } from '../bubblewrap.ts'
import { createUnsandboxedDriver } from '../none.ts'
import { testToolchain } from '../sandbox.fixture.ts'
import { HOSTILE_PROGRAMS } from './hostile-programs.ts'
import { runHostileSuite } from './run-hostile-suite.ts'

const toolchain = await testToolchain()

test('bubblewrap contains the fast half of the hostile programs', async () => {
  const programs = HOSTILE_PROGRAMS.filter(({ isFast }) => isFast)
  const outcomes = await runHostileSuite(createBubblewrapDriver({ toolchain }), { programs })
  expect(outcomes.filter(({ verdict }) => verdict === 'leaked')).toEqual([])
  expect(outcomes.filter(({ verdict }) => verdict === 'contained').length).toBeGreaterThan(35)
})

test('the suite sees leaks where nothing isolates, and keeps harmful programs away', async () => {
  const names = ['write-outside', 'read-secret', 'hard-link-out', 'set-id-file', 'host-loopback', 'kill-everything']
  const programs = HOSTILE_PROGRAMS.filter(({ name }) => names.includes(name))
  const outcomes = await runHostileSuite(createUnsandboxedDriver({ toolchain }), { programs })
  expect(Object.fromEntries(outcomes.map(({ name, verdict }) => [name, verdict]))).toEqual({
    'write-outside': 'leaked',
    'read-secret': 'leaked',
    'hard-link-out': 'leaked',
    'kill-everything': 'skipped',
    'set-id-file': 'leaked',
    'host-loopback': 'leaked',
  })
})

test('every program has a name of its own and an intent', () => {
  expect(new Set(HOSTILE_PROGRAMS.map(({ name }) => name)).size).toBe(HOSTILE_PROGRAMS.length)
  for (const { name, intent } of HOSTILE_PROGRAMS) {
    expect(name).toMatch(/^[a-z0-9-]+$/)
    expect(intent).not.toMatch(/^(to |tries )|[.!]$/)
  }
})
