import { expect, test } from 'vitest'
import type { Scenario } from '../scenario.ts'
import { createReport } from './report.ts'
import { expandScenarios, runScenarios } from './run-scenarios.ts'

const nothing = async () => {}
const passing: Scenario = { name: 'passes', setting: 'offline', run: nothing }
const failing: Scenario = { name: 'fails', setting: 'offline', transports: ['sdk'], run: nothing }
const elsewhere: Scenario = { name: 'needs its own', setting: 'private', transports: ['rest'], run: nothing }
const RUNS = expandScenarios([failing, passing, elsewhere])

async function runAll(columns?: number): Promise<{ outcomes: string[]; text: string }> {
  let text = ''
  const report = createReport({ write: (part) => (text += part), columns })
  const environment = {
    async run({ name }: Scenario) {
      if (name === 'fails') throw new Error('it does not hold')
    },
    dispose: nothing,
  }
  const results = await runScenarios(RUNS, environment, {
    jobs: 2,
    skip: ({ setting }) => (setting === 'private' ? 'not here' : null),
    onStart: report.started,
    onEnd: report.ended,
  })
  report.summary(results, ['file a'])
  return {
    text,
    outcomes: results.map(({ scenario, transport, outcome }) => `${scenario.name} ${transport} ${outcome}`),
  }
}

test('runs every scenario over its transports; one that fails does not stop the others', async () => {
  const { outcomes } = await runAll()
  expect(outcomes).toEqual([
    'fails sdk failed',
    'passes sdk passed',
    'passes rest passed',
    'needs its own rest skipped',
  ])
})

test('prints each end with its reason, then a table, what was left behind, and the counts', async () => {
  const { text } = await runAll()
  expect(text).toMatch(/✗ sdk +0\.0 s {2}fails\n {6}Error: it does not hold/)
  expect(text).toMatch(/passes +✓ +✓ +0\.0/)
  expect(text).not.toContain('needs its own')
  expect(text).toContain('1 skipped: not here')
  expect(text).toMatch(/left behind: file a\n\n2 passed, 1 failed, 1 skipped\n$/)
  expect(text).not.toContain('\u001b')
})

test('shows on a terminal what runs now, in one line that is written over', async () => {
  const { text } = await runAll(40)
  const lines = text.replaceAll('\r\u001b[2K', '\n').split('\n')
  const running = lines.filter((line) => line.includes('running:'))
  expect(running[0]).toBe('  … 0 done, running: fails (sdk)')
  expect(Math.max(...running.map((line) => line.length))).toBeLessThan(40)
})
