import { expect, inject, test } from 'vitest'
import { renderTables } from './report/render-report.ts'
import { runChaos } from './run-chaos.ts'

test('two nodes under a few faults of each kind keep every promise', async () => {
  const outcome = await runChaos({
    nodes: 2,
    runs: 12,
    kills: 4,
    seed: 4,
    scratch: inject('scratch'),
    onProgress: () => {},
  })
  expect(outcome.violations).toEqual([])
  expect(new Set(outcome.faults.map(({ kind }) => kind))).toEqual(
    new Set(['kill', 'freeze', 'stop', 'database', 'cut']),
  )
  expect(outcome.faults.filter(({ isDone }) => !isDone)).toEqual([])
  expect(outcome.input.runs.length).toBeGreaterThanOrEqual(12)
  expect(renderTables(outcome)).toContain('--nodes 2 --runs 12 --kills 4 --seed 4')
})
