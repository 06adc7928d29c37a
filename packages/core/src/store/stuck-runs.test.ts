import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { migrateEngine } from '../engine/engine.ts'
import type { RunPlan } from '../orchestrator/plan.ts'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { claimRun } from './claim-run.ts'
import { type Database, openDatabase } from './database.ts'
import { listLivingNodes } from './living-nodes.ts'
import { migrateDatabase } from './migrate.ts'
import { freeStuckRun, listStuckRuns } from './stuck-runs.ts'
import { type NewRun, submitRun } from './submit-run.ts'

let server: TestDatabase
let database: Database
const agents = ['Code']

beforeAll(async () => {
  server = await createTestDatabase()
  await migrateDatabase(server.url, () => migrateEngine(server.url))
  database = openDatabase(server.url, { onError: () => {} })
})
afterAll(async () => {
  await database.close()
  await server.drop()
})
beforeEach(async () => {
  await database.pool.query('TRUNCATE codex.runs, codex.nodes, dbos.workflow_status CASCADE')
})

async function addNode(id: string, formats: readonly string[], places = 1, forMs = 60_000): Promise<void> {
  await database.pool.query(
    `INSERT INTO codex.nodes (id, expires_at, formats, max_concurrent_runs, version)
     VALUES ($1, now() + $4::int * interval '1 ms', $2::text[], $3, '1.2.3')`,
    [id, formats, places, forMs],
  )
}

async function submit(more: Partial<NewRun> = {}): Promise<string> {
  const id = uuidv7()
  const plan = { warnings: [] } as unknown as RunPlan // not looked at here
  const run = { id, prompt: 'x', plan, agentSequence: agents, workflow: null, sessionId: null, labels: {} }
  await submitRun(database.pool, { ...run, idempotencyKey: null, requestDigest: id, ...more }, 100)
  return id
}

async function queuedLongAgo(id: string): Promise<void> {
  await database.pool.query(`UPDATE codex.events SET ts = ts - interval '11 minutes' WHERE run_id = $1`, [id])
}

const stuck = async () =>
  Object.fromEntries((await listStuckRuns(database.pool, { agents })).runs.map(({ id, reason }) => [id, reason]))

test('living nodes are listed with what they execute, dead ones are not', async () => {
  await addNode('a', ['2', '1'], 3)
  await addNode('dead', ['1'], 3, -1)
  await claimRun(database.pool, await submit(), 'a')
  expect(await listLivingNodes(database.pool)).toEqual([
    {
      id: 'a',
      role: 'all',
      version: '1.2.3',
      formats: ['2', '1'],
      host: '',
      pid: 0,
      startedAt: expect.any(Date),
      maxConcurrentRuns: 3,
      executing: 1,
    },
  ])
})

test('a run whose format no living node executes is stuck, whether it is queued or was going', async () => {
  await addNode('dead', ['old'], 1, -1)
  await addNode('takes requests only', ['old'], 0)
  await addNode('new', ['1'])
  const [queued, going, fine] = [await submit({ format: 'old' }), await submit({ format: 'old' }), await submit()]
  await claimRun(database.pool, going, 'dead', null, ['old'])
  expect(await stuck()).toEqual({ [queued]: 'unknown_format', [going]: 'unknown_format' })
  await addNode('old', ['old'])
  expect(await stuck()).toEqual({})
  expect(fine).toBeDefined()
})

test('a run with an agent that is not registered is stuck', async () => {
  await addNode('a', ['1'])
  const id = await submit({ agentSequence: ['Code', 'Poet'] })
  const { runs } = await listStuckRuns(database.pool, { agents })
  expect(runs).toEqual([{ id, status: 'queued', format: '1', reason: 'unknown_agent', missingAgents: ['Poet'] }])
  expect(await freeStuckRun(database.pool, { agents, runId: id, format: '2', queue: 'q' })).toBeNull()
})

test('a run that nobody took for ten minutes is stuck while there is room, and not before its time', async () => {
  await addNode('a', ['1'], 1)
  const [left, going, later, behind] = [await submit(), await submit(), await submit(), await submit()]
  await database.pool.query('UPDATE codex.runs SET predecessor_id = $1 WHERE id = $2', [going, behind])
  await database.pool.query(`UPDATE codex.runs SET not_before = now() + interval '1 hour' WHERE id = $1`, [later])
  expect(await stuck()).toEqual({})
  for (const id of [left, later, behind]) await queuedLongAgo(id)
  expect(await stuck()).toEqual({ [left]: 'not_taken' })
  await claimRun(database.pool, going, 'a') // the only place
  expect(await stuck()).toEqual({})
})

test('counts what it does not list', async () => {
  const id = await submit({ format: 'old' })
  await database.pool.query(
    `INSERT INTO codex.runs (id, status, prompt, plan, agent_sequence, labels, request_digest, format)
     SELECT gen_random_uuid(), 'queued', prompt, plan, agent_sequence, labels, request_digest, format
     FROM codex.runs, generate_series(1, 102) WHERE id = $1`,
    [id],
  )
  const { runs, total } = await listStuckRuns(database.pool, { agents })
  expect([runs.length, total]).toEqual([100, 103])
})

test('a run of a format that this node does not know is not claimed', async () => {
  const id = await submit({ format: '2' })
  expect(await claimRun(database.pool, id, 'a')).toBeNull()
  expect((await claimRun(database.pool, id, 'a', null, ['3', '2']))?.epoch).toBe(1)
})

test('freeing moves a run to another format, tells of it, and shuts the former execution out', async () => {
  await addNode('new', ['2'])
  const id = await submit({ format: 'old' })
  const claimed = await claimRun(database.pool, id, 'dead', null, ['old'])
  await database.pool.query(
    `INSERT INTO dbos.workflow_status (workflow_uuid, status, application_version, executor_id, owner_xid, queue_name)
     VALUES ($1, 'PENDING', 'old', 'dead', 'o', 'codex-runs')`,
    [id],
  )
  const options = { agents, runId: id, format: '2', queue: 'codex-runs' }
  expect(await freeStuckRun(database.pool, options)).toEqual({ status: 'running', format: '2' })
  expect(await freeStuckRun(database.pool, options)).toBeNull()
  const { rows: entries } = await database.pool.query('SELECT status, application_version FROM dbos.workflow_status')
  expect(entries).toEqual([{ status: 'ENQUEUED', application_version: '2' }])
  const { rows: told } = await database.pool.query('SELECT type, data FROM codex.events ORDER BY seq DESC LIMIT 1')
  expect(told).toEqual([{ type: 'warning.raised', data: { message: expect.stringContaining('format old') } }])
  expect((await claimRun(database.pool, id, 'new', null, ['2']))?.epoch).toBe((claimed?.epoch ?? 0) + 2)
})

test('a run that goes on, and one that has ended, are not freed', async () => {
  await addNode('a', ['1'])
  const options = { agents, runId: await submit(), format: '2', queue: 'q' }
  expect(await freeStuckRun(database.pool, options)).toBeNull()
  await database.pool.query(`UPDATE codex.runs SET status = 'failed', format = 'old'`)
  expect(await freeStuckRun(database.pool, options)).toBeNull()
})
