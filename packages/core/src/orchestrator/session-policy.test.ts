import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { queueStranded } from '../engine/sweep.ts'
import { SILENT_LOG } from '../logging/log.ts'
import { claimRun } from '../store/claim-run.ts'
import { listenToRuns, type RunNotifications } from '../store/run-notifications.ts'
import { createSession } from '../store/sessions.ts'
import { requestCancel } from './cancel-run.ts'
import { enqueueRun } from './enqueue-run.ts'
import { createLease } from './executor-lease.fixture.ts'
import { createRunExecutor, type RunExecutor } from './run-executor.ts'
import { createRunHarness, FINISH, type Reply, type RunHarness, write } from './run-harness.fixture.ts'
import { type StartServices, startIfReady, startSuccessors } from './start-run.ts'

let harness: RunHarness
let notifications: RunNotifications
let executor: RunExecutor
let starting: StartServices
let sessionId: string
/** Runs in the order in which they were given to the engine. */
let started: string[]

beforeAll(async () => {
  harness = await createRunHarness()
  notifications = await listenToRuns(harness.server.url, SILENT_LOG)
})
afterAll(async () => {
  await notifications.close()
  await harness.close()
})
beforeEach(async () => {
  started = []
  starting = {
    pool: harness.database.pool,
    log: SILENT_LOG,
    engine: {
      async start(runId) {
        started.push(runId)
        void executor.execute(runId)
      },
      async dequeue() {},
    },
  }
  executor = createRunExecutor(
    { ...harness.services, startSuccessors: (runId) => startSuccessors(starting, runId) },
    notifications,
    'node',
    createLease(),
  )
  harness.state.requests = []
  harness.state.answer = ({ turn }) => TURNS[turn] ?? FINISH
  sessionId = await newSession()
})
afterEach(async () => {
  await executor.park()
})

const TURNS: readonly Reply[] = [write('add.js', 'exports.add = (a, b) => a + b\n'), FINISH]
const PATIENCE = { timeout: 20_000 }

async function newSession(): Promise<string> {
  return (await createSession(harness.database.pool, {})).id
}

function ask(policy: 'enqueue' | 'reject' | 'interrupt' | null = null, idempotencyKey: string | null = null) {
  const run = harness.plan({ sessionId, agentSequence: ['code'], options: { verify: false } })
  const digest = idempotencyKey ?? run.id
  return enqueueRun(
    starting,
    { ...run, idempotencyKey, requestDigest: digest },
    { sessionPolicy: policy, maxQueued: 100 },
  )
}

async function statusOf(id: string): Promise<string> {
  return (await harness.present(id)).status
}

/** Holds every run at its first model call until it is let go. */
function holdModel(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  harness.state.answer = async ({ turn }) => {
    await promise
    return TURNS[turn] ?? FINISH
  }
  return resolve
}

/** Predecessors by run. */
async function chain(): Promise<Map<string, string | null>> {
  const rows = await harness.database.pool.query<{ id: string; predecessor_id: string | null }>(
    'SELECT id, predecessor_id FROM codex.runs WHERE session_id = $1',
    [sessionId],
  )
  return new Map(rows.rows.map((row) => [row.id, row.predecessor_id]))
}

test('runs of a session go one after the other, each started at the end of the one before', async () => {
  const release = holdModel()
  const ids: string[] = []
  for (let n = 0; n < 3; n += 1) ids.push((await ask()).requestId)
  await expect.poll(() => harness.state.requests.length, PATIENCE).toBe(1)
  expect(started).toEqual([ids[0]])
  expect(await Promise.all(ids.map(statusOf))).toEqual(['running', 'queued', 'queued'])
  expect((await harness.events(ids[1] ?? ''))[0]?.data).toMatchObject({ predecessorId: ids[0] })
  release()
  await expect.poll(() => Promise.all(ids.map(statusOf)), PATIENCE).toEqual(Array(3).fill('completed'))
  expect(started).toEqual(ids)
  const times = await Promise.all(ids.map((id) => harness.present(id)))
  for (const [index, run] of times.slice(1).entries()) {
    expect(run.metadata.startTime.getTime()).toBeGreaterThanOrEqual(times[index]?.metadata.endTime?.getTime() ?? 0)
  }
})

test('requests that come at the same instant form a chain and not a fork', async () => {
  const release = holdModel()
  const asked = await Promise.all(Array.from({ length: 8 }, () => ask()))
  const predecessors = [...(await chain()).values()]
  expect(predecessors.filter((id) => id === null)).toHaveLength(1)
  expect(new Set(predecessors).size).toBe(8)
  release()
  await expect
    .poll(() => Promise.all(asked.map(({ requestId }) => statusOf(requestId))), PATIENCE)
    .toEqual(Array(8).fill('completed'))
})

test('a busy session under reject refuses and names the run; a repeated key still finds its run', async () => {
  const release = holdModel()
  const first = await ask('reject', 'key-of-the-first')
  await expect(ask('reject')).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining(first.requestId),
    data: { requestId: first.requestId },
  })
  expect(await ask('reject', 'key-of-the-first')).toEqual({ requestId: first.requestId, created: false })
  release()
  await expect.poll(() => statusOf(first.requestId), PATIENCE).toBe('completed')
  expect((await ask('reject')).created).toBe(true)
})

test("the session's own policy holds where the request names none", async () => {
  const release = holdModel()
  await harness.database.pool.query(`UPDATE codex.sessions SET policy = 'reject' WHERE id = $1`, [sessionId])
  const first = await ask()
  await expect(ask()).rejects.toMatchObject({ code: 'CONFLICT' })
  expect((await ask('enqueue')).created).toBe(true)
  release()
  await expect.poll(() => statusOf(first.requestId), PATIENCE).toBe('completed')
})

test('interrupt cancels what goes on and what is queued, then runs', async () => {
  const release = holdModel()
  const first = await ask()
  const second = await ask()
  await expect.poll(() => harness.state.requests.length, PATIENCE).toBe(1)
  const third = await ask('interrupt')
  expect(await statusOf(second.requestId)).toBe('cancelled')
  await expect.poll(() => statusOf(first.requestId), PATIENCE).toBe('cancelled')
  release()
  await expect.poll(() => statusOf(third.requestId), PATIENCE).toBe('completed')
  expect(started).toEqual([first.requestId, third.requestId])
})

test('a run cancelled in the middle of the chain lets the next one wait for the one before it', async () => {
  const release = holdModel()
  const [first, second, third] = [await ask(), await ask(), await ask()]
  await requestCancel(starting, second.requestId, 'not needed')
  expect((await chain()).get(third.requestId)).toBe(first.requestId)
  expect(await statusOf(third.requestId)).toBe('queued')
  release()
  await expect.poll(() => statusOf(third.requestId), PATIENCE).toBe('completed')
  expect(started).toEqual([first.requestId, third.requestId])
})

test('a waiting run keeps its session busy until it is cancelled, and then the next one begins', async () => {
  const first = harness.plan({ sessionId, agentSequence: ['code'] })
  await enqueueRun({ ...starting, engine: { start: async () => {}, dequeue: async () => {} } }, first, {
    maxQueued: 100,
  })
  await claimRun(harness.database.pool, first.id, 'node')
  await harness.database.pool.query(
    `UPDATE codex.runs SET status = 'waiting', waiting = '{"reason": "budget", "message": "m", "since": "2026-01-01T00:00:00Z"}' WHERE id = $1`,
    [first.id],
  )
  const second = await ask()
  await startIfReady(starting, second.requestId)
  expect(started).toEqual([])
  await requestCancel(starting, first.id, 'too dear')
  const cancelled = await harness.present(first.id)
  expect(cancelled.status).toBe('cancelled')
  expect(cancelled.waiting).toBeUndefined()
  await expect.poll(() => statusOf(second.requestId), PATIENCE).toBe('completed')
})

test('nobody takes a run before its predecessor has ended, and the sweep finds it when its node died in between', async () => {
  const { pool } = harness.database
  const [first, second] = [harness.plan({ sessionId }), harness.plan({ sessionId })]
  const nothing = { ...starting, engine: { start: async () => {}, dequeue: async () => {} } }
  await enqueueRun(nothing, first, { maxQueued: 100 })
  await enqueueRun(nothing, second, { maxQueued: 100 })
  expect(await claimRun(pool, second.id, 'node')).toBeNull()

  await pool.query(`CREATE SCHEMA IF NOT EXISTS dbos`)
  await pool.query(`CREATE TABLE IF NOT EXISTS dbos.workflow_status (workflow_uuid text, status text, executor_id text,
    started_at_epoch_ms bigint)`)
  await pool.query(`UPDATE codex.runs SET created_at = now() - interval '1 minute' WHERE session_id = $1`, [sessionId])
  const swept: string[] = []
  const engine = {
    start: async (id: string) => void swept.push(id),
    forget: async () => {},
    recover: async () => {},
  }
  const mine = (id: string) => id === first.id || id === second.id
  await queueStranded({ pool, node: 'node', engine: { ...engine, announce() {} }, going: () => [], log: SILENT_LOG })
  expect(swept.filter(mine)).toEqual([first.id])
  await pool.query(`UPDATE codex.runs SET status = 'failed', ended_at = now() WHERE id = $1`, [first.id])
  await queueStranded({ pool, node: 'node', engine: { ...engine, announce() {} }, going: () => [], log: SILENT_LOG })
  expect(swept.filter(mine)).toEqual([first.id, second.id])
})
