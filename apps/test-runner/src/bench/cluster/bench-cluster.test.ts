import { expect, inject, test } from 'vitest'
import { benchCluster } from './bench-cluster.ts'
import { describeGrowth, toClusterTable } from './cluster-table.ts'
import { type NodeLook, sumOf } from './look-at-node.ts'
import { bytesOf, engineRowsOf, growthPerRun } from './storage.ts'
import { takeTurns } from './take-turns.ts'
import { slopeOf } from './trend.ts'

const LOOK: NodeLook = { heapBytes: 1_024, memoryBytes: 2_048, descriptors: 3, resources: 4, files: 5 }

test('takes turns', () => {
  const turn = takeTurns(['a', 'b'])
  expect([turn(), turn(), turn()]).toEqual(['a', 'b', 'a'])
  expect(takeTurns([])).toThrow('nobody')
})

test('tells how steeply something grows, also over noise', () => {
  expect(
    slopeOf([
      [0, 5],
      [1, 8],
      [2, 11],
    ]),
  ).toBeCloseTo(3)
  expect(
    slopeOf([
      [0, 1],
      [1, -1],
      [2, -1],
      [3, 1],
    ]),
  ).toBeCloseTo(0)
  expect(slopeOf([[7, 3]])).toBe(0)
  expect(slopeOf([])).toBe(0)
})

test('shares what tables grew by among the runs', () => {
  const before = [
    { table: 'codex.events', rows: 10, bytes: 100 },
    { table: 'codex.nodes', rows: 3, bytes: 50 },
    { table: 'dbos.workflow_status', rows: 4, bytes: 10 },
  ]
  const after = [
    { table: 'codex.events', rows: 30, bytes: 300 },
    { table: 'codex.nodes', rows: 3, bytes: 60 },
    { table: 'dbos.workflow_status', rows: 14, bytes: 410 },
    { table: 'codex.calls', rows: 10, bytes: 0 },
  ]
  expect(growthPerRun(before, after, 10)).toEqual([
    { table: 'dbos.workflow_status', rows: 1, bytes: 40 },
    { table: 'codex.events', rows: 2, bytes: 20 },
    { table: 'codex.calls', rows: 1, bytes: 0 },
  ])
  expect([bytesOf(after), engineRowsOf(after), sumOf([LOOK, LOOK], 'files')]).toEqual([770, 14, 10])
})

test('says growth for each 1,000 runs over all nodes', () => {
  const sampleAt = (runs: number, heapBytes: number) => ({
    runs,
    nodes: [{ ...LOOK, heapBytes }, LOOK],
    engineRows: 0,
    databaseBytes: 0,
  })
  const samples = [sampleAt(0, 1_024), sampleAt(500, 2_048), sampleAt(1_000, 3_072)]
  expect(describeGrowth({ samples })).toContain(
    'over all nodes: 2.0 kB of heap, 0.0 kB of memory (PSS), 0.00 descriptors',
  )
})

test('loses no run on two nodes, and packs and forgets them a day later', async () => {
  const result = await benchCluster({
    scratch: inject('scratch'),
    ...{ nodes: 2, runs: 20, parked: 10, together: 5, warmUp: 4, portion: 10, dayLater: true },
    progress: () => {},
  })
  const { short, parked, dayLater } = result
  expect([short.count, short.lost, short.samples.map(({ runs }) => runs)]).toEqual([20, 0, [0, 10, 20]])
  expect([parked.resumed, parked.cancelled]).toEqual([2, 18])
  expect(short.tables.find(({ table }) => table === 'codex.runs')?.rows).toBe(1)
  expect(result.end.map(({ heapBytes }) => heapBytes > 0)).toEqual([true, true])
  expect(dayLater?.packed).toBe(26)
  // what is left are migrations and the like
  expect(dayLater?.engineRows).toBeLessThan(44)
  const machine = { date: '2026-11-27', commit: 'abc', cores: 2, cpu: 'EPYC', load: { before: 1, after: 2 } }
  const table = toClusterTable(result, { ...machine, node: '24', postgres: '18.4' })
  expect(table).toContain('| 20, 5 at a time | all |')
  expect(table).toContain('2 of them completed, 18 were cancelled')
})
