import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import type { RunPlan } from '../orchestrator/plan.ts'
import { claimRun, enterAndClaimRun } from '../store/claim-run.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { recordRun } from '../store/record-run.ts'
import { submitRun } from '../store/submit-run.ts'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { type Engine, type EngineSettings, launchEngine, migrateEngine } from './engine.ts'
import { RUN_FORMAT } from './run-formats.ts'
import { queueStranded, recoverDeadNodes, type SweepSettings } from './sweep.ts'

let server: TestDatabase
let database: Database
let engine: Engine
let executions: string[]
let execute: EngineSettings['execute']
let mayTake: boolean
let enter: NonNullable<EngineSettings['enter']>
const node = 'this-node'
const PATIENCE = { timeout: 20_000 }

beforeEach(async () => {
  server = await createTestDatabase()
  await migrateDatabase(server.url, () => migrateEngine(server.url))
  database = openDatabase(server.url, { onError: () => {} })
  executions = []
  execute = stay
  mayTake = true
  enter = async () => false // through the queue
  await beAlive(node)
  engine = await launchEngine({
    databaseUrl: server.url,
    pool: database.pool,
    node,
    notifications: { onQueued: () => () => {} },
    maxConcurrentRuns: 2,
    formats: [RUN_FORMAT],
    mayTake: () => mayTake,
    async execute(runId, owner) {
      executions.push(runId)
      return await execute(runId, owner)
    },
    enter: (runId, entry) => enter(runId, entry),
    log: SILENT_LOG,
  })
})
afterEach(async () => {
  await engine.close()
  await database.close()
  await server.drop()
})

/** A run that goes on for as long as the test. */
const stay = () => new Promise<never>(() => {})

async function beAlive(id: string, forMs = 60_000): Promise<void> {
  await database.pool.query(`INSERT INTO codex.nodes (id, expires_at) VALUES ($1, now() + $2::int * interval '1 ms')`, [
    id,
    forMs,
  ])
}

/** As if another node had taken the run. */
async function giveTo(executor: string, ids: readonly string[]): Promise<void> {
  await database.pool.query(
    `UPDATE dbos.workflow_status SET executor_id = $1, owner_xid = 'other' WHERE workflow_uuid = ANY($2)`,
    [executor, ids],
  )
}

async function submit(): Promise<string> {
  const id = uuidv7()
  const plan = { warnings: [] } as unknown as RunPlan // not looked at here
  const run = { id, prompt: 'x', plan, agentSequence: [], workflow: null, sessionId: null, labels: {} }
  await submitRun(database.pool, { ...run, idempotencyKey: null, requestDigest: id }, 1_000)
  return id
}

/** The run as it looks some time later. */
async function letTimePass(id: string): Promise<void> {
  await database.pool.query(`UPDATE codex.runs SET created_at = created_at - interval '1 minute' WHERE id = $1`, [id])
  await database.pool.query(
    'UPDATE dbos.workflow_status SET started_at_epoch_ms = started_at_epoch_ms - 60000 WHERE workflow_uuid = $1',
    [id],
  )
}

function settings(going: readonly string[] = []): SweepSettings {
  return { pool: database.pool, node, engine, going: () => going, log: SILENT_LOG }
}

async function statusOf(id: string): Promise<string | undefined> {
  const found = await database.pool.query<{ status: string }>(
    'SELECT status FROM dbos.workflow_status WHERE workflow_uuid = $1',
    [id],
  )
  return found.rows[0]?.status
}

test('a run that was interrupted more than a thousand times is still taken up', async () => {
  const id = await submit()
  await engine.start(id)
  await expect.poll(() => executions, PATIENCE).toEqual([id])
  await database.pool.query('UPDATE dbos.workflow_status SET recovery_attempts = 5000 WHERE workflow_uuid = $1', [id])
  await giveTo('dead', [id])
  await recoverDeadNodes(settings())
  await expect.poll(() => executions, PATIENCE).toEqual([id, id])
})

test('a run that was stored and never queued is queued by the sweep', async () => {
  const id = await submit()
  await queueStranded(settings())
  expect(executions).toEqual([]) // its server may be about to queue it
  await letTimePass(id)
  await queueStranded(settings())
  await expect.poll(() => executions, PATIENCE).toEqual([id])
})

test.each(['SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'])(
  'a run that goes on for us and is %s for the engine is queued again',
  async (status) => {
    const id = await submit()
    await engine.start(id)
    await expect.poll(() => executions, PATIENCE).toEqual([id])
    await claimRun(database.pool, id, node)
    await database.pool.query('UPDATE dbos.workflow_status SET status = $2 WHERE workflow_uuid = $1', [id, status])
    await letTimePass(id)
    await queueStranded(settings())
    await expect.poll(() => executions, PATIENCE).toEqual([id, id])
  },
)

test('a run that this node took from the queue and does not execute is queued again; one that it executes is not', async () => {
  const [lost, going] = [await submit(), await submit()]
  for (const id of [lost, going]) await engine.start(id)
  await expect.poll(() => executions.length, PATIENCE).toBe(2)
  for (const id of [lost, going]) await letTimePass(id)
  // both places of this node are held by runs that are parked: another one takes the lost run
  await queueStranded(settings([going]))
  expect(await statusOf(lost)).toBe('ENQUEUED')
  expect(await statusOf(going)).toBe('PENDING')
})

test('an execution that lost its run to another one ends nothing, and frees its place', async () => {
  const id = await submit()
  let endFirst: (outcome: 'ended') => void = () => {}
  execute = () =>
    new Promise((resolve) => {
      endFirst = resolve
    })
  await engine.start(id)
  await expect.poll(() => executions, PATIENCE).toEqual([id])
  execute = stay
  await giveTo('dead', [id]) // what another node sees that takes this one for dead
  await recoverDeadNodes(settings())
  await expect.poll(() => executions, PATIENCE).toEqual([id, id])
  endFirst('ended')
  // the parked one holds a place; without the one of the first execution there would be none for another run
  const next = await submit()
  await engine.start(next)
  await expect.poll(() => executions, PATIENCE).toEqual([id, id, next])
  expect(await statusOf(id)).toBe('PENDING')
})

test('runs of a dead node are taken over, those of a living one are not', async () => {
  const [orphan, other] = [await submit(), await submit()]
  for (const id of [orphan, other]) await engine.start(id)
  await expect.poll(() => executions.length, PATIENCE).toBe(2)
  await beAlive('alive')
  await beAlive('dead', -1)
  await giveTo('alive', [other])
  await giveTo('dead', [orphan])
  expect(await recoverDeadNodes(settings())).toBe(1)
  expect([await statusOf(orphan), await statusOf(other)]).toEqual(['ENQUEUED', 'PENDING'])
})

test('a run that ended is not executed when it is started once more', async () => {
  const id = await submit()
  execute = async (runId) => {
    const claimed = await claimRun(database.pool, runId, node)
    const epoch = claimed?.epoch ?? 0
    await recordRun(database.pool, { runId, epoch, run: { status: 'completed' }, events: [] })
    return 'ended'
  }
  await engine.start(id)
  await expect.poll(() => statusOf(id), PATIENCE).toBe('SUCCESS')
  await engine.start(id)
  await letTimePass(id)
  await queueStranded(settings())
  expect(await statusOf(id)).toBe('SUCCESS')
  expect(executions).toEqual([id])
})

test('a run that waited for somebody goes on when it is started again, and one that is going is left alone', async () => {
  const id = await submit()
  execute = async () => 'ended'
  await engine.start(id)
  await expect.poll(() => statusOf(id), PATIENCE).toBe('SUCCESS')
  execute = stay
  await engine.start(id, { again: true })
  await expect.poll(() => executions, PATIENCE).toEqual([id, id])
  await engine.start(id, { again: true })
  expect(await statusOf(id)).toBe('PENDING')
})

test('a run that is resumed before its execution has ended goes on at once, and the former execution ends nothing', async () => {
  const id = await submit()
  let endFirst: (outcome: 'ended') => void = () => {}
  execute = async (runId) => {
    await claimRun(database.pool, runId, node)
    await database.pool.query(`UPDATE codex.runs SET status = 'waiting' WHERE id = $1`, [runId])
    return await new Promise((resolve) => {
      endFirst = resolve
    })
  }
  await engine.start(id)
  const readStatus = async () => (await database.pool.query('SELECT status FROM codex.runs WHERE id = $1', [id])).rows
  await expect.poll(readStatus, PATIENCE).toEqual([{ status: 'waiting' }])
  execute = stay
  await database.pool.query(`UPDATE codex.runs SET status = 'queued' WHERE id = $1`, [id])
  await engine.start(id, { again: true })
  await expect.poll(() => executions, PATIENCE).toEqual([id, id])
  endFirst('ended')
  // the place of the first execution is free again once it has ended
  const next = await submit()
  await engine.start(next)
  await expect.poll(() => executions, PATIENCE).toEqual([id, id, next])
  expect(await statusOf(id)).toBe('PENDING')
})

test('runs of higher priority are taken first, and none before its time', async () => {
  const ends: ((outcome: 'ended') => void)[] = []
  execute = () => new Promise((resolve) => ends.push(resolve))
  for (const id of [await submit(), await submit()]) await engine.start(id)
  await expect.poll(() => executions.length, PATIENCE).toBe(2)
  const [low, normal, high, later] = [await submit(), await submit(), await submit(), await submit()]
  await engine.start(later, { priority: 9, notBefore: new Date(Date.now() + 3_600_000) })
  await engine.start(low, { priority: -1 })
  await engine.start(normal)
  await engine.start(high, { priority: 1 })
  expect(await statusOf(later)).toBe('DELAYED')
  execute = async () => 'ended'
  for (const end of ends) end('ended')
  await expect.poll(() => executions.slice(2), PATIENCE).toEqual([high, normal, low])
  await database.pool.query('UPDATE dbos.workflow_status SET delay_until_epoch_ms = 0 WHERE workflow_uuid = $1', [
    later,
  ])
  await expect.poll(() => executions, PATIENCE).toContain(later)
})

/** Lets runs begin without the queue, as the executor does. */
function enterDirectly(): { claims: unknown[] } {
  const claims: unknown[] = []
  enter = async (runId, entry) => {
    const result = await enterAndClaimRun(database.pool, runId, node, entry)
    if (result !== null) claims.push(result.claimed?.id ?? null)
    return result !== null
  }
  return { claims }
}

test('a run that finds room begins at once, and the engine knows of it what its own queue would have written', async () => {
  const queued = await submit()
  await engine.start(queued)
  await expect.poll(() => executions, PATIENCE).toEqual([queued])
  const { claims } = enterDirectly()
  const direct = await submit()
  await engine.start(direct)
  expect(executions).toEqual([queued, direct])
  expect(claims).toEqual([direct])

  const read = async (id: string) => {
    const [row] = (await database.pool.query('SELECT * FROM dbos.workflow_status WHERE workflow_uuid = $1', [id])).rows
    const [input] = (await database.pool.query('SELECT * FROM dbos.workflow_input WHERE workflow_uuid = $1', [id])).rows
    const text = JSON.stringify({ ...row, ...input }).replaceAll(id, 'the run')
    return JSON.parse(text.replaceAll(/"(\w+)":"1[0-9]{12}"/g, '"$1":"a time"'))
  }
  const whole = { owner_xid: expect.any(String), creator_xid: expect.any(String) }
  expect(await read(direct)).toEqual({ ...(await read(queued)), ...whole })
})

test('a run that began at once is over for the engine when it ended, and is recovered when it did not', async () => {
  enterDirectly()
  execute = async () => 'ended'
  const ended = await submit()
  await engine.start(ended)
  await expect.poll(() => statusOf(ended), PATIENCE).toBe('SUCCESS')
  execute = stay
  const lost = await submit()
  await engine.start(lost)
  expect(await statusOf(lost)).toBe('PENDING')
  await giveTo('dead', [lost])
  await recoverDeadNodes(settings())
  await expect.poll(() => executions, PATIENCE).toEqual([ended, lost, lost])
})

test('begins nothing at once beyond its limit, before others that wait, or a second time', async () => {
  const { claims } = enterDirectly()
  const ids = [await submit(), await submit(), await submit(), await submit()]
  for (const id of ids.slice(0, 3)) await engine.start(id)
  expect(claims).toEqual(ids.slice(0, 2))
  expect(await statusOf(ids[2] ?? '')).toBe('ENQUEUED')

  const entry = { queue: 'codex-runs', workflow: 'run', version: '1', application: 'codex', owner: 'o', priority: 0 }
  const more = { ...entry, input: '', serialization: '', maxRunning: 10 }
  expect(await enterAndClaimRun(database.pool, ids[3] ?? '', node, more)).toBeNull() // one waits in the queue
  await database.pool.query(`UPDATE dbos.workflow_status SET status = 'DELAYED' WHERE workflow_uuid = $1`, [ids[2]])
  expect(await enterAndClaimRun(database.pool, ids[2] ?? '', node, more)).toBeNull() // the engine knows it
  expect(await enterAndClaimRun(database.pool, ids[3] ?? '', node, { ...more, maxRunning: 2 })).toBeNull()
  expect((await enterAndClaimRun(database.pool, ids[3] ?? '', node, more))?.claimed?.epoch).toBe(1)
})

test('a node that may begin nothing takes nothing, and takes it as soon as it may', async () => {
  mayTake = false
  const id = await submit()
  await engine.start(id)
  expect(await statusOf(id)).toBe('ENQUEUED')
  mayTake = true
  engine.announce()
  await expect.poll(() => executions, PATIENCE).toEqual([id])
})

test('a run of a format that this node does not know is left to others', async () => {
  const [foreign, own] = [await submit(), await submit()]
  await engine.start(foreign, { format: 'of-the-future' })
  await engine.start(own)
  await expect.poll(() => executions, PATIENCE).toEqual([own])
  expect(await statusOf(foreign)).toBe('ENQUEUED')
})

test("an execution whose run may be anybody's brings it back into the queue", async () => {
  const id = await submit()
  execute = async () => {
    execute = stay
    return 'released'
  }
  await engine.start(id)
  await expect.poll(() => executions, PATIENCE).toEqual([id, id])
})

test('hundreds of runs of a dead node come back in one statement, and this node takes what it has room for', async () => {
  await beAlive('dead', -1)
  const ids = await Promise.all(Array.from({ length: 300 }, () => submit()))
  mayTake = false
  for (const id of ids) await engine.start(id)
  await database.pool.query(
    `UPDATE dbos.workflow_status SET status = 'PENDING', executor_id = 'dead', queue_name = NULL`,
  )
  const startedAt = performance.now()
  expect(await recoverDeadNodes(settings())).toBe(300)
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  const left = await database.pool.query(`SELECT 1 FROM codex.nodes WHERE id = 'dead'`)
  expect(left.rowCount).toBe(0)
  mayTake = true
  engine.announce()
  await expect.poll(() => executions.length, PATIENCE).toBe(2)
  expect(await recoverDeadNodes(settings())).toBe(0)
})

test('runs that wait for somebody, for another run or for their time are not stranded', async () => {
  const [predecessor, successor, waiting, delayed] = [await submit(), await submit(), await submit(), await submit()]
  await database.pool.query('UPDATE codex.runs SET predecessor_id = $1 WHERE id = $2', [predecessor, successor])
  await database.pool.query(`UPDATE codex.runs SET status = 'waiting' WHERE id = $1`, [waiting])
  await engine.start(predecessor)
  await engine.start(delayed, { notBefore: new Date(Date.now() + 3_600_000) })
  await expect.poll(() => executions, PATIENCE).toEqual([predecessor])
  for (const id of [predecessor, successor, waiting, delayed]) await letTimePass(id)
  expect(await queueStranded(settings([predecessor]))).toBe(0)
  // who was to queue it died between the end of the predecessor and that
  await database.pool.query(`UPDATE codex.runs SET status = 'failed', ended_at = now() WHERE id = $1`, [predecessor])
  expect(await queueStranded(settings([predecessor]))).toBe(1)
  await expect.poll(() => executions, PATIENCE).toEqual([predecessor, successor])
})
