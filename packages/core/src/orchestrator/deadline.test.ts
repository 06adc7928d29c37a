import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import { claimRun } from '../store/claim-run.ts'
import { listenToRuns, type RunNotifications } from '../store/run-notifications.ts'
import { submitRun } from '../store/submit-run.ts'
import { createLease } from './executor-lease.fixture.ts'
import { failExpired, keepDeadlines } from './fail-expired.ts'
import { createRunExecutor, type RunExecutor } from './run-executor.ts'
import { createRunHarness, FINISH, type RunHarness } from './run-harness.fixture.ts'

let harness: RunHarness
let notifications: RunNotifications
let executor: RunExecutor

beforeAll(async () => {
  harness = await createRunHarness()
  notifications = await listenToRuns(harness.server.url, SILENT_LOG)
})
afterAll(async () => {
  await notifications.close()
  await harness.close()
})
beforeEach(() => {
  harness.state.requests = []
  harness.state.answer = () => FINISH
  executor = createRunExecutor(harness.services, notifications, 'node', createLease())
})
afterEach(async () => {
  await executor.park()
})

const PAST = new Date('2026-01-01T00:00:00Z')

async function submit(deadline: Date): Promise<string> {
  const run = harness.plan({ agentSequence: ['code'] })
  await submitRun(harness.database.pool, { ...run, deadline }, 1_000)
  return run.id
}

test('a queued run past its deadline fails without being started, and says which deadline it was', async () => {
  const id = await submit(PAST)
  expect(await claimRun(harness.database.pool, id, 'node')).toBeNull()
  await failExpired(harness.database.pool)
  const run = await harness.present(id)
  expect(run).toMatchObject({ status: 'failed', error: { code: 'RUN_TIMEOUT', retryable: false } })
  expect(run.error?.message).toContain('2026-01-01T00:00:00.000Z')
  expect(run.metadata.deadline).toEqual(PAST)
  expect((await harness.events(id)).map(({ seq, type }) => [seq, type])).toEqual([
    [1, 'run.queued'],
    [2, 'run.failed'],
  ])
  expect(harness.state.requests).toHaveLength(0)
})

test('the process looks for such runs by itself', async () => {
  const engine = { start: async () => {}, dequeue: async () => {} }
  const stop = keepDeadlines({ pool: harness.database.pool, engine, log: SILENT_LOG })
  const id = await submit(PAST)
  await expect.poll(async () => (await harness.present(id)).status, { timeout: 15_000 }).toBe('failed')
  await stop()
})

test('a run that is going at its deadline is ended, with its step', async () => {
  const asked = Promise.withResolvers<void>()
  harness.state.answer = () => {
    asked.resolve()
    return new Promise<never>(() => {})
  }
  const id = await submit(new Date(Date.now() + 3_000))
  const ended = executor.execute(id)
  await asked.promise
  expect(await ended).toBe('ended')
  const run = await harness.present(id)
  expect(run.error).toMatchObject({ code: 'RUN_TIMEOUT', message: expect.stringContaining('deadline') })
  expect(run.result.steps[0]?.status).toBe('failed')
})

test('a waiting run past its deadline ends, and its going step with it', async () => {
  const id = await submit(new Date(Date.now() + 60_000))
  await claimRun(harness.database.pool, id, 'node')
  await harness.database.pool.query(
    `INSERT INTO codex.steps (run_id, id, position, agent, status, attempts, usage, artifacts) VALUES
      ($1, 'code', 0, 'Code', 'running', 1, '{}', '{}'), ($1, 'reviewer', 1, 'Reviewer', 'pending', 0, '{}', '{}')`,
    [id],
  )
  await harness.database.pool.query(`UPDATE codex.runs SET status = 'waiting', deadline = $2 WHERE id = $1`, [id, PAST])
  await failExpired(harness.database.pool)
  const steps = await harness.database.pool.query('SELECT id, status FROM codex.steps WHERE run_id = $1 ORDER BY id', [
    id,
  ])
  expect(steps.rows).toEqual([
    { id: 'code', status: 'cancelled' },
    { id: 'reviewer', status: 'skipped' },
  ])
  const events = await harness.events(id)
  expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4])
  expect(events.slice(2).map((event) => event.type)).toEqual(['step.cancelled', 'run.failed'])
})
