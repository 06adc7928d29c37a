import { expect, test } from 'vitest'
import type { FaultRecord } from './faults/fault.ts'
import { recoveryTimes, sweepTimes } from './recovery-times.ts'

const event = (type: string, at: number) => ({
  runId: 'r',
  seq: 1,
  type,
  stepId: null,
  attempt: null,
  at,
  data: {},
})
const kill: FaultRecord = {
  kind: 'kill',
  boundary: null,
  isDone: true,
  node: 'node-1',
  nodeId: 'n1',
  at: 1_000,
  leaseEndsAt: 5_000,
  runIds: ['r'],
}

test('counts from the kill, or from the end of the lease, to the next takeover', () => {
  const events = [event('run.started', 500), event('model.called', 1_001), event('run.recovered', 7_000)]
  expect(recoveryTimes([kill], events, 'kill')).toEqual({ count: 1, p50Ms: 6_000, p99Ms: 6_000, maxMs: 6_000 })
  expect(recoveryTimes([kill], events, 'lease end').maxMs).toBe(2_000)
})

test('a run that ended otherwise counts too; without kills there is nothing to tell', () => {
  expect(recoveryTimes([kill], [event('run.cancelled', 2_000)], 'kill').maxMs).toBe(1_000)
  expect(recoveryTimes([{ ...kill, kind: 'freeze' }], [], 'kill').count).toBe(0)
})

test('counts from the end of the lease until it is gone, and only nodes that were seen to go', () => {
  const second = { ...kill, nodeId: 'n2', leaseEndsAt: 6_000 }
  const leftBefore = { ...kill, nodeId: 'n3', leaseEndsAt: null }
  const goneAt = new Map([
    ['n1', 5_400],
    ['n2', 8_000],
    ['n3', 9_000],
  ])
  const times = sweepTimes([kill, second, leftBefore, { ...kill, nodeId: 'n4' }], goneAt)
  expect(times).toEqual({ count: 2, p50Ms: 400, p99Ms: 2_000, maxMs: 2_000 })
})
