import { CodexError, type OrchestrateRequest } from '@codex/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Engine, launchEngine, migrateEngine } from '../engine/engine.ts'
import { RUN_FORMATS } from '../engine/run-formats.ts'
import { createScheduleTicks } from '../engine/schedule-ticks.ts'
import { SILENT_LOG } from '../logging/log.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { listenToRuns, type RunNotifications } from '../store/run-notifications.ts'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { createSchedules, type ScheduleServices, type Schedules } from './schedules.ts'

let server: TestDatabase
let database: Database
let engine: Engine
let notifications: RunNotifications
let schedules: Schedules
let submissions: { request: OrchestrateRequest; options: Parameters<ScheduleServices['submit']>[1] }[]
let refuse: (() => Error) | null
/** Keys of what was refused. */
let refused: (string | null)[]

const PATIENCE = { timeout: 30_000 }
const RUN = '0190a0a0-0000-7000-8000-000000000000'
const REQUEST: OrchestrateRequest = { prompt: 'update the dependencies', agentSequence: ['code'] }
const EVERY_SECOND = { name: 'often', cron: '* * * * * *', request: REQUEST }

beforeAll(async () => {
  server = await createTestDatabase()
  await migrateDatabase(server.url, () => migrateEngine(server.url))
  database = openDatabase(server.url, { onError: () => {} })
  const ticks = createScheduleTicks(database.pool, (id, at) => schedules.tick(id, at), 0.1)
  schedules = createSchedules({
    database,
    ticks,
    async check(request) {
      if (request.agentSequence?.includes('nobody') === true) throw new CodexError('UNKNOWN_AGENT', 'no agent "nobody"')
    },
    async submit(request, options) {
      if (refuse !== null) {
        refused.push(options.idempotencyKey)
        throw refuse()
      }
      submissions.push({ request, options })
      return { requestId: RUN, created: true }
    },
    log: SILENT_LOG,
  })
  notifications = await listenToRuns(server.url, SILENT_LOG)
  engine = await launchEngine({
    databaseUrl: server.url,
    pool: database.pool,
    notifications,
    node: 'this-node',
    maxConcurrentRuns: 1,
    formats: RUN_FORMATS,
    mayTake: () => true,
    execute: async () => 'ended',
    parts: [ticks.part],
    log: SILENT_LOG,
  })
})
afterAll(async () => {
  await engine.close()
  await notifications.close()
  await database.close()
  await server.drop()
})
beforeEach(() => {
  submissions = []
  refused = []
  refuse = null
})

test('a schedule submits its request at each tick, once, until it is paused; and again when it is resumed', async () => {
  const { id, nextAt, timeZone } = await schedules.create(EVERY_SECOND, 'key-1')
  expect(timeZone).toBe('UTC')
  expect(nextAt?.getTime()).toBeGreaterThan(Date.now() - 1_000)
  await expect.poll(() => submissions.length, PATIENCE).toBeGreaterThanOrEqual(3)
  const keys = submissions.map(({ options }) => options.idempotencyKey)
  expect(new Set(keys).size).toBe(keys.length)
  expect(submissions[0]).toMatchObject({ request: REQUEST, options: { principal: 'key-1', scheduleId: id } })
  expect(keys[0]).toMatch(new RegExp(`^schedule:${id}:20\\d\\d-.*Z$`))
  expect((await schedules.get(id)).lastRunId).toBe(RUN)

  expect(await schedules.setPaused(id, true)).toMatchObject({ paused: true, nextAt: null })
  // from here on no tick submits, although the clock may not know of it yet
  const paused = submissions.length
  await schedules.tick(id, new Date())
  expect(submissions.length).toBeLessThanOrEqual(paused + 1)
  await schedules.setPaused(id, false)
  const resumed = submissions.length
  await expect.poll(() => submissions.length, PATIENCE).toBeGreaterThan(resumed)
  await schedules.remove(id)
  await expect(schedules.get(id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await schedules.list()).toEqual([])
  await schedules.tick(id, new Date())
})

test('a tick that does not become a run says why, and the next one goes on', async () => {
  const never = { ...EVERY_SECOND, cron: '0 0 1 1 *', paused: true }
  const { id } = await schedules.create(never, null)
  expect((await schedules.list()).map((schedule) => schedule.id)).toEqual([id])
  await schedules.setPaused(id, false)
  const now = new Date()
  refuse = () => new CodexError('FORBIDDEN', 'this model is not allowed any more')
  expect(await schedules.tick(id, now)).toBe(true)
  expect((await schedules.get(id)).lastError).toBe(`${now.toISOString()}: this model is not allowed any more`)
  refuse = () => new CodexError('QUEUE_FULL', '1000 runs are waiting already')
  expect(await schedules.tick(id, now)).toBe(false)
  expect((await schedules.get(id)).lastError).toMatch(/: 1000 runs are waiting already \(it is tried again\)$/)
  expect(await schedules.tick(id, new Date(now.getTime() - 25 * 3_600_000))).toBe(true)
  expect((await schedules.get(id)).lastError).toMatch(/: 1000 runs are waiting already$/)
  refuse = () => new Error('the connection was cut')
  expect(await schedules.tick(id, now)).toBe(false)
  refuse = null
  expect(await schedules.tick(id, now)).toBe(true)
  expect(await schedules.get(id)).toMatchObject({ lastError: null, lastRunId: RUN })
  await schedules.remove(id)
})

test('a tick that is refused for the time being becomes a run later, once', async () => {
  refuse = () => new CodexError('UNAVAILABLE', 'there is no room')
  const { id } = await schedules.create(EVERY_SECOND, null)
  await expect.poll(() => refused.length, PATIENCE).toBeGreaterThanOrEqual(5)
  const keys = new Set(refused)
  expect(keys.size).toBeLessThan(refused.length)
  refuse = null
  const submitted = () => submissions.map(({ options }) => options.idempotencyKey).filter((key) => keys.has(key))
  await expect.poll(() => new Set(submitted()).size, PATIENCE).toBe(keys.size)
  expect(submitted()).toHaveLength(keys.size)
  await schedules.remove(id)
})

test('a schedule is triggered by hand, also a paused one', async () => {
  const { id } = await schedules.create({ ...EVERY_SECOND, paused: true }, 'key-2')
  expect(await schedules.trigger(id)).toEqual({ requestId: RUN, created: true })
  expect(submissions).toHaveLength(1)
  expect(submissions[0]?.options).toEqual({ principal: 'key-2', scheduleId: id, idempotencyKey: null })
  await schedules.remove(id)
})

test('times follow the time zone', async () => {
  const { id, nextAt } = await schedules.create({ ...EVERY_SECOND, cron: '30 6 * * *', timeZone: 'Asia/Tokyo' }, null)
  expect([nextAt?.getUTCHours(), nextAt?.getUTCMinutes()]).toEqual([21, 30])
  await schedules.remove(id)
})

test('what cannot be used is refused when the schedule is made, with field and remedy', async () => {
  const refused = async (change: object, path: string, words: RegExp) => {
    await expect(schedules.create({ ...EVERY_SECOND, ...change }, null)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(words),
      issues: [{ path, message: expect.stringMatching(words) }],
    })
  }
  await refused({ cron: 'every day' }, 'cron', /cannot be used: .*such as "0 6 \* \* 1-5"/)
  await refused({ cron: '61 * * * *' }, 'cron', /cannot be used/)
  await refused({ cron: '0 0 30 2 *' }, 'cron', /impossible day of month/)
  await refused({ timeZone: 'Mars/Base' }, 'timeZone', /IANA name such as/)
  await refused({ request: { ...REQUEST, deadline: '2030-01-01T00:00:00Z' } }, 'request.deadline', /timeout_s/)
  await refused({ request: { ...REQUEST, after: '2030-01-01T00:00:00Z' } }, 'request.after', /number of seconds/)
  const unknown = { ...EVERY_SECOND, request: { ...REQUEST, agentSequence: ['nobody'] } }
  await expect(schedules.create(unknown, null)).rejects.toMatchObject({ code: 'UNKNOWN_AGENT' })
  expect(await schedules.list()).toEqual([])
})
