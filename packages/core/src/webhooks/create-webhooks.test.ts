import { randomBytes } from 'node:crypto'
import type { WebhookDelivery } from '@codex/protocol'
import { Webhook } from 'standardwebhooks'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Engine, launchEngine, migrateEngine } from '../engine/engine.ts'
import { RUN_FORMAT, type RunFormats } from '../engine/run-formats.ts'
import { recoverDeadNodes } from '../engine/sweep.ts'
import { SILENT_LOG } from '../logging/log.ts'
import { requestCancel } from '../orchestrator/cancel-run.ts'
import type { RunPlan } from '../orchestrator/plan.ts'
import { claimRun } from '../store/claim-run.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { recordRun } from '../store/record-run.ts'
import { submitRun } from '../store/submit-run.ts'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { createWebhooks, type RunningWebhooks } from './index.ts'
import { type Receiver, startReceiver } from './receiver.fixture.ts'

const PATIENCE = { timeout: 20_000 }
const secret = randomBytes(32)
const reference = new Webhook(`whsec_${secret.toString('base64')}`)

let server: TestDatabase
let database: Database
let receiver: Receiver
let answer: (n: number) => number | null
let node: Awaited<ReturnType<typeof startNode>> | undefined

beforeEach(async () => {
  server = await createTestDatabase()
  await migrateDatabase(server.url, () => migrateEngine(server.url))
  database = openDatabase(server.url, { onError: () => {} })
  answer = () => 204
  receiver = await startReceiver((_message, n) => answer(n))
})
afterEach(async () => {
  await node?.stop()
  node = undefined
  await receiver.stop()
  await database.close()
  await server.drop()
})

/** What a process does for webhooks. */
async function startNode(name: string, allowPrivate = true, formats: RunFormats = [RUN_FORMAT]) {
  const running: RunningWebhooks = createWebhooks({
    database,
    settings: { secrets: [secret], allowPrivate, egress: { noProxy: [] } },
    log: SILENT_LOG,
  })
  const engine: Engine = await launchEngine({
    databaseUrl: server.url,
    pool: database.pool,
    notifications: { onQueued: () => () => {} },
    node: name,
    maxConcurrentRuns: 1,
    formats,
    mayTake: () => true,
    execute: async () => 'ended',
    parts: [running.part],
    log: SILENT_LOG,
  })
  running.start()
  return {
    engine,
    webhooks: running.webhooks,
    async stop() {
      await running.stop()
      await engine.close()
    },
  }
}

async function submit(webhook: NonNullable<Parameters<typeof submitRun>[1]['webhook']> | null): Promise<string> {
  const id = uuidv7()
  const plan = { warnings: [], groups: [], fixSteps: [] } as unknown as RunPlan // not looked at here
  const run = { id, prompt: 'Say hello', plan, agentSequence: [], workflow: null, sessionId: null, labels: {} }
  await submitRun(database.pool, { ...run, idempotencyKey: null, requestDigest: id, webhook }, 100)
  return id
}

/** Ends a run on a node as its executor does. */
async function complete(id: string, on: string): Promise<void> {
  const claimed = await claimRun(database.pool, id, on)
  await recordRun(database.pool, {
    runId: id,
    epoch: claimed?.epoch ?? 0,
    run: { status: 'completed', endedAt: new Date(), success: true },
    events: [{ type: 'run.completed', data: { success: true, verified: false } }],
  })
}

async function deliveriesOf(id: string): Promise<readonly Pick<WebhookDelivery, 'status' | 'tries' | 'lastError'>[]> {
  const found = (await node?.webhooks.list(id)) ?? []
  return found.map(({ status, tries, lastError }) => ({ status, tries, lastError }))
}

test('the end of a run is told once, signed, with the run in the spelling of REST', async () => {
  node = await startNode('a')
  const id = await submit({ url: receiver.url })
  await complete(id, 'a')
  await expect.poll(() => deliveriesOf(id), PATIENCE).toEqual([{ status: 'delivered', tries: 1, lastError: null }])
  expect(receiver.messages).toHaveLength(1)
  const [message] = receiver.messages
  const told = reference.verify(message?.body ?? '', message?.headers as Record<string, string>)
  expect(told).toMatchObject({
    type: 'run.completed',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    data: { request_id: id, status: 'completed', prompt: 'Say hello', seq: 3, metadata: { success: true } },
  })
  expect(message?.headers['webhook-id']).toBe(`msg_${id.replaceAll('-', '')}_3`)
})

test('a run without a webhook, and events that nobody asked for, tell nothing', async () => {
  node = await startNode('a')
  const silent = await submit(null)
  const picky = await submit({ url: receiver.url, events: ['run.failed'] })
  await complete(silent, 'a')
  await complete(picky, 'a')
  expect(await deliveriesOf(silent)).toEqual([])
  expect(await deliveriesOf(picky)).toEqual([])
})

test('a run that is cancelled before it began is told of too', async () => {
  node = await startNode('a')
  const id = await submit({ url: receiver.url })
  await requestCancel({ pool: database.pool, engine: node.engine, log: SILENT_LOG }, id, 'no longer needed')
  await expect.poll(() => deliveriesOf(id), PATIENCE).toMatchObject([{ status: 'delivered' }])
  expect(JSON.parse(receiver.messages[0]?.body ?? '')).toMatchObject({ type: 'run.cancelled' })
})

test('a message about a waiting run tells of the waiting, also when the run goes on meanwhile', async () => {
  const id = await submit({ url: receiver.url })
  const claimed = await claimRun(database.pool, id, 'gone')
  const data = { reason: 'budget', message: 'raise the budget' } as const
  await recordRun(database.pool, { runId: id, epoch: claimed?.epoch ?? 0, events: [{ type: 'run.waiting', data }] })
  node = await startNode('a')
  await letTimePass()
  await expect.poll(() => deliveriesOf(id), PATIENCE).toMatchObject([{ status: 'delivered' }])
  expect(JSON.parse(receiver.messages[0]?.body ?? '')).toMatchObject({
    type: 'run.waiting',
    data: { status: 'waiting', waiting: data },
  })
})

test('what was written before the process died is told by another one, with the same id for each try', async () => {
  const id = await submit({ url: receiver.url })
  await complete(id, 'gone') // and it told nobody
  await letTimePass()
  answer = (n) => (n === 1 ? 500 : 200)
  node = await startNode('a')
  await expect
    .poll(() => deliveriesOf(id), PATIENCE)
    .toEqual([{ status: 'pending', tries: 1, lastError: 'the receiver answered 500' }])
  await expect.poll(() => deliveriesOf(id), PATIENCE).toEqual([{ status: 'delivered', tries: 2, lastError: null }])
  expect(new Set(receiver.messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
})

test('a delivery in flight when its process stops is made by the next one, also of a version with another run format', async () => {
  const first = await startNode('a')
  const inFlight = Promise.withResolvers<void>()
  answer = (n) => {
    inFlight.resolve()
    return n === 1 ? null : 204
  }
  const id = await submit({ url: receiver.url })
  await complete(id, 'a')
  await inFlight.promise
  await first.stop()
  node = await startNode('b', true, ['another'])
  const nobody = { pool: database.pool, node: 'b', engine: node.engine, going: () => [], log: SILENT_LOG }
  await database.pool.query(`INSERT INTO codex.nodes (id, expires_at) VALUES ('b', now() + interval '1 minute')`)
  await recoverDeadNodes(nobody)
  await expect.poll(() => deliveriesOf(id), PATIENCE).toEqual([{ status: 'delivered', tries: 1, lastError: null }])
  expect(receiver.messages).toHaveLength(2)
})

test('410 ends the tries; redelivering sends the same message once more', async () => {
  node = await startNode('a')
  answer = () => 410
  const id = await submit({ url: receiver.url })
  await complete(id, 'a')
  await expect
    .poll(() => deliveriesOf(id), PATIENCE)
    .toMatchObject([{ status: 'failed', tries: 1, lastError: expect.stringContaining('410') }])
  answer = () => 200
  const [delivery] = await node.webhooks.list(id)
  expect(await node.webhooks.redeliver(id, delivery?.id ?? '')).toMatchObject({ status: 'pending', endedAt: null })
  await expect.poll(() => deliveriesOf(id), PATIENCE).toEqual([{ status: 'delivered', tries: 2, lastError: null }])
  const bodies = new Set(receiver.messages.map(({ body }) => body))
  expect([receiver.messages.length, bodies.size]).toEqual([2, 1])
  await expect(node.webhooks.redeliver(id, 'msg_other')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('redelivering hurries a try that is planned for later', async () => {
  node = await startNode('a')
  answer = (n) => (n <= 2 ? 503 : 200)
  const id = await submit({ url: receiver.url })
  await complete(id, 'a')
  await expect.poll(() => deliveriesOf(id), PATIENCE).toMatchObject([{ status: 'pending', tries: 2 }])
  const [delivery] = await node.webhooks.list(id)
  // the third try is due in five minutes
  await node.webhooks.redeliver(id, delivery?.id ?? '')
  await expect.poll(() => deliveriesOf(id), PATIENCE).toEqual([{ status: 'delivered', tries: 3, lastError: null }])
})

test('a name that leads to a private address is a failure for good, with the reason', async () => {
  node = await startNode('a', false)
  const id = await submit({ url: `http://localhost:${receiver.port}/` })
  await complete(id, 'a')
  await expect
    .poll(() => deliveriesOf(id), PATIENCE)
    .toMatchObject([
      { status: 'failed', tries: 1, lastError: expect.stringMatching(/not a public address.*ALLOW_PRIVATE/) },
    ])
  expect(receiver.messages).toHaveLength(0)
})

/** Deliveries look as if they had been written some time ago. */
async function letTimePass(): Promise<void> {
  await database.pool.query(`UPDATE codex.webhook_deliveries SET created_at = created_at - interval '1 minute'`)
}
