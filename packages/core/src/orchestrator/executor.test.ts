import { CodexError } from '@codex/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import { openDatabase } from '../store/database.ts'
import { listenToRuns, type RunNotifications } from '../store/run-notifications.ts'
import { requestCancel } from './cancel-run.ts'
import type { RunServices } from './execute-run.ts'
import { createLease } from './executor-lease.fixture.ts'
import { createRunExecutor, type ExecutorLease, type RunExecutor } from './run-executor.ts'
import { createRunHarness, FINISH, REVIEW, type Reply, type RunHarness, write } from './run-harness.fixture.ts'
import { watchRun } from './watch-run.ts'

let harness: RunHarness
let notifications: RunNotifications
let executors: RunExecutor[] = []

beforeAll(async () => {
  harness = await createRunHarness()
  notifications = await listenToRuns(harness.server.url, SILENT_LOG)
})
afterAll(async () => {
  for (const executor of executors) await executor.park()
  await notifications.close()
  await harness.close()
})
beforeEach(async () => {
  for (const executor of executors) await executor.park()
  executors = []
  harness.state.requests = []
  harness.state.answer = ({ agent, turn }) => (agent === 'Reviewer' ? REVIEW : (TURNS[turn] ?? FINISH))
})

const TURNS: readonly Reply[] = [write('add.js', 'exports.add = (a, b) => a + b\n'), FINISH]

function startNode(
  name = 'node',
  services: Partial<RunServices> = {},
  lease: ExecutorLease = createLease(),
): RunExecutor {
  const executor = createRunExecutor({ ...harness.services, ...services }, notifications, name, lease)
  executors.push(executor)
  return executor
}

const TEST = "const { test } = require('node:test')\ntest('adds', () => {})\n"

/** Takes every connection to the database away, as a failover does. */
async function breakConnections(applicationName = 'codex%'): Promise<void> {
  await harness.database.pool
    .query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE $1`,
      [applicationName],
    )
    .catch(() => {})
}

/** Stops a run at its n-th model call until it is let go. */
function holdAt(n: number): { reached: Promise<void>; release: () => void } {
  let reach: () => void = () => {}
  let release: () => void = () => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const answer = harness.state.answer
  harness.state.answer = async (asked) => {
    if (asked.n === n) {
      reach()
      await held
    }
    return answer(asked)
  }
  return { reached, release }
}

const noEngine = {
  start: async (): Promise<void> => {},
  dequeue: async (): Promise<void> => {
    throw new Error('the engine does not know this run yet')
  },
}

const starting = () => ({ pool: harness.database.pool, engine: noEngine, log: SILENT_LOG })

test('a reply is kept and written once the database is back', async () => {
  const id = await harness.submit()
  const executor = startNode()
  const hold = holdAt(2)
  const ending = executor.execute(id)
  await hold.reached
  // the table is away for the first tries of the write, as the whole database would be
  const blocker = await harness.database.pool.connect()
  await blocker.query(`CREATE SEQUENCE codex.refusals; CREATE FUNCTION codex.refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM nextval('codex.refusals'); RAISE EXCEPTION 'shutting down' USING ERRCODE = '57P01'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON codex.calls FOR EACH ROW EXECUTE FUNCTION codex.refuse()`)
  hold.release()
  // what a sequence counted stays counted when its transaction is rolled back
  await expect
    .poll(async () => (await blocker.query<{ n: number }>('SELECT last_value::int n FROM codex.refusals')).rows[0]?.n)
    .toBeGreaterThan(1)
  await blocker.query('DROP TRIGGER refuse ON codex.calls')
  await blocker.query('DROP FUNCTION codex.refuse')
  blocker.release()
  expect(await ending).toBe('ended')
  expect((await harness.present(id)).status).toBe('completed')
  expect(harness.state.requests.map((asked) => asked.agent)).toEqual(['Code', 'Code', 'Reviewer'])
})

test('broken connections do not fail a run', async () => {
  const id = await harness.submit()
  const executor = startNode()
  const answer = harness.state.answer
  harness.state.answer = async (asked) => {
    await breakConnections('codex')
    return answer(asked)
  }
  await executor.execute(id)
  expect((await harness.present(id)).status).toBe('completed')
  const events = await harness.events(id)
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1))
  expect(events.filter((event) => event.type === 'step.completed')).toHaveLength(2)
})

test('a read that fails when a run is taken up does not fail it either', async () => {
  const id = await harness.submit()
  const gone = openDatabase(harness.server.url, { onError: () => {} })
  await gone.close()
  let looks = 0
  const executor = startNode('node', {
    database: {
      ...harness.database,
      get orm() {
        looks += 1
        return looks === 1 ? gone.orm : harness.database.orm
      },
    },
  })
  // recovered: only then there are rows to read
  await harness.database.pool.query('UPDATE codex.runs SET epoch = 1 WHERE id = $1', [id])
  await executor.execute(id)
  expect((await harness.present(id)).status).toBe('completed')
})

test('what the database never takes fails the run instead of taking it up for ever', async () => {
  const id = await harness.submit()
  const executor = startNode('node', {
    workspaces: {
      ...harness.services.workspaces,
      async open(runId, source) {
        const workspace = await harness.services.workspaces.open(runId, source)
        return {
          ...workspace,
          async patch() {
            throw new CodexError('WORKSPACE_ERROR', 'the patch is too large')
          },
        }
      },
    },
  })
  expect(await executor.execute(id)).toBe('ended')
  const run = await harness.present(id)
  expect(run).toMatchObject({ status: 'failed', error: { code: 'WORKSPACE_ERROR' } })
  expect(run.result.steps.map((step) => step.status)).toEqual(['completed', 'completed'])
})

test('a run that another node took over is let go of, and keeps no place', async () => {
  const id = await harness.submit()
  const first = startNode('first')
  const second = startNode('second')
  const hold = holdAt(2)
  const zombie = first.execute(id)
  await hold.reached
  const taken = second.execute(id)
  expect(await taken).toBe('ended')
  hold.release()
  expect(await zombie).toBe('released') // "parked" would hold its place in the queue for ever
  expect((await harness.present(id)).status).toBe('completed')
})

test('a node that gets its own run again stops the first execution before it begins the second', async () => {
  const id = await harness.submit()
  const executor = startNode()
  const hold = holdAt(2)
  const first = executor.execute(id)
  await hold.reached
  const second = executor.execute(id)
  expect(await first).toBe('released')
  hold.release()
  expect(await second).toBe('ended')
  expect((await harness.present(id)).status).toBe('completed')
})

test('a cancel reaches a run although its notification was lost', async () => {
  const id = await harness.submit()
  const executor = startNode()
  const hold = holdAt(2)
  const ending = executor.execute(id)
  await hold.reached
  await harness.database.pool.query(`UPDATE codex.runs SET cancel_reason = 'lost' WHERE id = $1`, [id])
  expect(await ending).toBe('ended')
  hold.release()
  expect((await harness.present(id)).status).toBe('cancelled')
})

test('asking again tells the node again', async () => {
  const id = await harness.submit()
  const told: string[] = []
  const stopListening = notifications.onCancel((runId) => {
    if (runId !== null) told.push(runId)
  })
  await harness.database.pool.query(`UPDATE codex.runs SET status = 'running', epoch = 1 WHERE id = $1`, [id])
  await requestCancel(starting(), id, 'enough \u0000')
  await requestCancel(starting(), id, 'enough')
  await expect.poll(() => told).toEqual([id, id])
  stopListening()
  const events = await harness.events(id)
  expect(events.filter((event) => event.type === 'cancel.requested')).toHaveLength(1)
})

test('a queued run is cancelled although the engine does not have it yet, and is not executed afterwards', async () => {
  const id = await harness.submit()
  await requestCancel(starting(), id, 'enough')
  expect((await harness.present(id)).status).toBe('cancelled')
  expect(await startNode().execute(id)).toBe('ended')
  expect(harness.state.requests).toHaveLength(0)
})

test('a run that has ended is not touched by a cancel', async () => {
  const id = await harness.submit()
  await startNode().execute(id)
  const before = await harness.database.pool.query('SELECT * FROM codex.runs WHERE id = $1', [id])
  await requestCancel(starting(), id, 'too late')
  expect((await harness.database.pool.query('SELECT * FROM codex.runs WHERE id = $1', [id])).rows).toEqual(before.rows)
})

test('a run whose time was up while its node was dead ends when it is taken up, by the clock of the database', async () => {
  const id = await harness.submit({ options: { timeoutS: 30 } })
  await harness.database.pool.query(
    `UPDATE codex.runs SET status = 'running', epoch = 1, started_at = now() - interval '31 seconds' WHERE id = $1`,
    [id],
  )
  harness.state.answer = () => new Promise<never>(() => {})
  expect(await startNode().execute(id)).toBe('ended')
  expect(await harness.present(id)).toMatchObject({ status: 'failed', error: { code: 'RUN_TIMEOUT' } })
})

test('parking leaves a run as it is, and another node ends it', async () => {
  const id = await harness.submit()
  const executor = startNode('first')
  const hold = holdAt(2)
  const going = executor.execute(id)
  await hold.reached
  await executor.park()
  expect(await going).toBe('parked')
  hold.release()
  expect(await startNode('second').execute(id)).toBe('ended')
  expect((await harness.present(id)).status).toBe('completed')
})

test('a watcher goes on over a broken connection, and ends with the run', async () => {
  const id = await harness.submit()
  const hold = holdAt(2)
  const types: string[] = []
  const watching = (async () => {
    const signal = new AbortController().signal
    for await (const event of watchRun(harness.database.pool, notifications, id, { after: 0, signal })) {
      types.push(event.type)
      if (event.type === 'run.started') await breakConnections()
    }
  })()
  const ending = startNode().execute(id)
  await hold.reached
  await breakConnections()
  hold.release()
  await ending
  await watching
  expect(types.at(-1)).toBe('run.completed')
})

test('one step of a group fails: the other one ends, and nothing is left running', async () => {
  harness.state.answer = ({ agent, turn }) => {
    if (agent === 'Reviewer') throw new Error('the model server breaks')
    if (agent === 'TestGenerator') return [write('add.test.js', TEST), FINISH][turn] ?? FINISH
    return TURNS[turn] ?? FINISH
  }
  const id = await harness.submit({ agentSequence: ['code', 'reviewer', 'test_generator'] })
  await startNode().execute(id)
  const run = await harness.present(id)
  expect(run.status).toBe('failed')
  expect(run.error).toMatchObject({ step: 'reviewer' })
  expect(run.result.steps.map((step) => [step.id, step.status])).toEqual([
    ['code', 'completed'],
    ['reviewer', 'failed'],
    ['test-generator', 'completed'],
  ])
  expect(run.result.patch).toContain('add.test.js')
})

test('a run that begins to wait keeps no place on its node', async () => {
  const id = await harness.submit({ budget: { maxTokens: 20 } })
  const executor = startNode()
  expect(await executor.execute(id)).toBe('ended')
  expect(executor.going()).toEqual([])
  expect((await harness.present(id)).status).toBe('waiting')
  expect(harness.state.requests).toHaveLength(2)
})

test('a node that lost its lease stops what is going at once, and gives the run back once it holds again', async () => {
  const id = await harness.submit()
  const lease = createLease()
  const executor = startNode('first', {}, lease)
  const hold = holdAt(2)
  const going = executor.execute(id)
  await hold.reached
  let outcome = ''
  void going.then((value) => {
    outcome = value
  })
  lease.lose()
  hold.release()
  expect(harness.state.requests).toHaveLength(2)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(outcome).toBe('') // its place in the engine is not given up before anybody can look into the queue
  lease.regain()
  expect(await going).toBe('released')
  expect((await harness.present(id)).status).toBe('running')
  expect(await startNode('second').execute(id)).toBe('ended')
  expect((await harness.present(id)).status).toBe('completed')
})

test('a node that was frozen and does not know it yet begins no model call', async () => {
  const id = await harness.submit()
  const lease = createLease()
  const executor = startNode('first', {}, lease)
  const hold = holdAt(1)
  const going = executor.execute(id)
  await hold.reached
  lease.expire()
  hold.release()
  // the call that went on is finished and kept; the next one is not begun
  await expect
    .poll(async () => (await harness.database.pool.query('SELECT 1 FROM codex.calls WHERE run_id = $1', [id])).rowCount)
    .toBe(1)
  lease.regain()
  expect(await going).toBe('released')
  expect(harness.state.requests).toHaveLength(1)
})

test('an execution that the engine does not mean any more takes the run from nobody', async () => {
  const id = await harness.submit()
  await harness.database.pool.query(`CREATE SCHEMA IF NOT EXISTS dbos; CREATE TABLE IF NOT EXISTS dbos.workflow_status
    (workflow_uuid text PRIMARY KEY, status text, owner_xid text)`)
  await harness.database.pool.query(`INSERT INTO dbos.workflow_status VALUES ($1, 'PENDING', 'new owner')`, [id])
  expect(await startNode().execute(id, 'old owner')).toBe('ended')
  expect(harness.state.requests).toHaveLength(0)
  expect(await startNode().execute(id, 'new owner')).toBe('ended')
  expect((await harness.present(id)).status).toBe('completed')
})
