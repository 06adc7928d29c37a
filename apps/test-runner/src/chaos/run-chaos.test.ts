import { expect, inject, test } from 'vitest'
import { BOUNDARIES } from './boundaries.ts'
import { renderTables } from './report/render-report.ts'
import { runChaos } from './run-chaos.ts'
import { RUN_KINDS } from './workload/run-kinds.ts'

test('two nodes under a few faults of each kind keep every promise', async () => {
  const outcome = await runChaos({
    nodes: 2,
    runs: RUN_KINDS.length,
    kills: 2,
    seed: 4,
    at: null,
    scratch: inject('scratch'),
    onProgress: () => {},
  })
  expect(outcome.violations).toEqual([])
  expect(new Set(outcome.faults.map(({ kind }) => kind))).toEqual(
    new Set(['kill', 'freeze', 'stop', 'database', 'cut']),
  )
  expect(outcome.faults.filter(({ isDone }) => !isDone)).toEqual([])
  expect(outcome.input.runs.length).toBeGreaterThanOrEqual(RUN_KINDS.length)
  // a pattern that matches no statement any more would never catch a node; nobody cancels here
  const onWire = BOUNDARIES.flatMap(({ name, place }) => (place.at === 'database' ? [name] : []))
  expect(onWire.filter((name) => !outcome.passed.has(name) && !name.startsWith('cancel.'))).toEqual([])
  expect(renderTables(outcome)).toContain(`--nodes 2 --runs ${RUN_KINDS.length} --kills 2 --seed 4`)
})
