import { expect, test } from 'vitest'
import { createUnsandboxedDriver } from '../../sandbox/index.ts'
import { HOSTILE_GROUPS } from './hostile-case.ts'
import { HOSTILE_CASES } from './hostile-cases.ts'

const driver = createUnsandboxedDriver({ toolchain: { mounts: [], path: [], tools: {}, notes: [] } })

test('every case has a name of its own in its group and says what it tries and what holds it', () => {
  const names = HOSTILE_CASES.map(({ group, name }) => `${group}/${name}`)
  expect(new Set(names).size).toBe(names.length)
  for (const { intent, containedBy } of HOSTILE_CASES) {
    expect(intent).not.toMatch(/^(to |tries )|[.!]$|\|/)
    expect(containedBy).not.toMatch(/[.!]$|\||^$/)
  }
})

test('groups stand together and in the order of the table', () => {
  expect([...new Set(HOSTILE_CASES.map(({ group }) => group))]).toEqual(HOSTILE_GROUPS)
})

test('one residual is named, and one alone', () => {
  expect(HOSTILE_CASES.filter(({ residual }) => residual !== undefined).map(({ name }) => name)).toEqual([
    'forged-report',
  ])
})

test('nothing that needs no sandbox leaks', async () => {
  const cases = HOSTILE_CASES.filter(({ group }) => group === 'reading back' || group === 'git: games')
  for (const { name, judge } of cases) {
    const judgement = await judge(driver)
    expect(judgement, name).toMatchObject({ verdict: 'contained' })
  }
})
