import { expect, test } from 'vitest'
import { BOUNDARIES } from './boundaries.ts'
import { planFaults } from './faults/plan-faults.ts'
import { createRandom } from './random.ts'
import { planWorkload } from './workload/plan-workload.ts'
import { RUN_KINDS } from './workload/run-kinds.ts'

const HOOK_URL = 'http://127.0.0.1/hook'
const withoutScripts = (seed: number) =>
  planWorkload(50, seed, HOOK_URL, createRandom(seed)).map(({ script: _script, mend: _mend, ...run }) => run)

test('the same seed chooses the same runs and faults, another one others', () => {
  expect(withoutScripts(1)).toEqual(withoutScripts(1))
  expect(withoutScripts(1)).not.toEqual(withoutScripts(2))
  expect(planFaults(30, createRandom(1))).toEqual(planFaults(30, createRandom(1)))
  expect(planFaults(30, createRandom(1))).not.toEqual(planFaults(30, createRandom(2)))
})

test('with as many kills as boundaries each boundary is killed at', () => {
  const faults = planFaults(BOUNDARIES.length, createRandom(3))
  const kills = faults.filter(({ kind }) => kind === 'kill')
  expect(kills).toHaveLength(BOUNDARIES.length)
  const names = kills.flatMap((fault) => ('boundary' in fault && fault.boundary !== null ? [fault.boundary.name] : []))
  expect(new Set(names)).toEqual(new Set(BOUNDARIES.map(({ name }) => name)))
})

test('every kind of fault and every kind of run comes, however few there are', () => {
  expect(new Set(planFaults(1, createRandom(4)).map(({ kind }) => kind))).toEqual(
    new Set(['kill', 'freeze', 'stop', 'database', 'cut']),
  )
  const kinds = planWorkload(RUN_KINDS.length, 4, HOOK_URL, createRandom(4)).map(({ kind }) => kind)
  expect(new Set(kinds)).toEqual(new Set(RUN_KINDS.map(({ name }) => name)))
})
