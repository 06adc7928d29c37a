import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunPlan } from '../orchestrator/plan.ts'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { type Database, openDatabase } from './database.ts'
import { migrateDatabase } from './migrate.ts'
import { type NewRun, submitRun } from './submit-run.ts'

let server: TestDatabase
/** Connections of several nodes. */
let nodes: Database[]

beforeEach(async () => {
  server = await createTestDatabase()
  await migrateDatabase(server.url, async () => {})
  nodes = [1, 2, 3].map(() => openDatabase(server.url, { onError: () => {} }))
})
afterEach(async () => {
  for (const node of nodes) await node.close()
  await server.drop()
})

function newRun(more: Partial<NewRun> = {}): NewRun {
  const plan = { warnings: [] } as unknown as RunPlan // not looked at here
  const run = { id: uuidv7(), prompt: 'x', plan, agentSequence: [], workflow: null, sessionId: null, labels: {} }
  return { ...run, idempotencyKey: null, requestDigest: 'd', ...more }
}

/** Submits all of them at the same time, in turn over the nodes. */
async function submitAll(runs: readonly NewRun[], maxQueued: number) {
  const outcomes = await Promise.allSettled(
    runs.map((run, index) => submitRun((nodes[index % nodes.length] as Database).pool, run, maxQueued)),
  )
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  return { stored: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])), refusals }
}

async function countQueued(): Promise<number> {
  const found = await nodes[0]?.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM codex.runs WHERE status = 'queued'`,
  )
  return found?.rows[0]?.n ?? -1
}

test.each([
  [7, 0],
  [300, 294],
])(
  'a queue of %i with %i in it never gets longer, however many come at once on several nodes',
  async (bound, filled) => {
    await submitAll(
      Array.from({ length: filled }, () => newRun()),
      100_000,
    )
    const runs = Array.from({ length: 50 }, () => newRun())
    const { stored, refusals } = await submitAll(runs, bound)
    expect(await countQueued()).toBe(bound)
    expect(stored).toHaveLength(bound - filled)
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'QUEUE_FULL', retryAfterS: 5 })
  },
)

test('what comes at the same moment under one key on several nodes becomes one run', async () => {
  const runs = Array.from({ length: 30 }, () => newRun({ idempotencyKey: 'k', principal: 'caller' }))
  const { stored, refusals } = await submitAll(runs, 1_000)
  expect(refusals).toEqual([])
  expect(new Set(stored.map(({ id }) => id)).size).toBe(1)
  expect(stored.filter(({ created }) => created)).toHaveLength(1)
  expect(await countQueued()).toBe(1)
})

test('the last place of the queue goes to one run, also for those that came under its key', async () => {
  const runs = Array.from({ length: 20 }, () => newRun({ idempotencyKey: 'k' }))
  const { stored, refusals } = await submitAll(runs, 1)
  expect([new Set(stored.map(({ id }) => id)).size, refusals.length]).toEqual([1, 0])
})

test('a key belongs to its caller, and to one request', async () => {
  const first = await submitAll([newRun({ idempotencyKey: 'k', principal: 'a' })], 10)
  const others = await submitAll(
    [newRun({ idempotencyKey: 'k', principal: 'b' }), newRun({ idempotencyKey: 'k', principal: null })],
    10,
  )
  expect(others.stored.map(({ created }) => created)).toEqual([true, true])
  const mismatch = await submitAll([newRun({ idempotencyKey: 'k', principal: 'a', requestDigest: 'other' })], 10)
  expect(mismatch.refusals).toMatchObject([{ code: 'IDEMPOTENCY_MISMATCH', data: { requestId: first.stored[0]?.id } }])
})
