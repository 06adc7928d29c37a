import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { acquireLease, type LeaseSettings, type NodeLease } from './lease.ts'

let server: TestDatabase
let database: Database
let events: string[]
const signal = new AbortController().signal
const node = {
  id: 'node',
  role: 'all',
  version: '1.2.3',
  formats: ['1', '0'],
  maxConcurrentRuns: 3,
  host: 'here',
  pid: 42,
} as const

beforeAll(async () => {
  server = await createTestDatabase()
  await migrateDatabase(server.url, async () => {})
  database = openDatabase(server.url, { onError: () => {} })
})
afterAll(async () => {
  await database.close()
  await server.drop()
})
beforeEach(async () => {
  await database.pool.query('DELETE FROM codex.nodes')
  events = []
})

async function acquire(settings: Partial<LeaseSettings> = {}): Promise<NodeLease & AsyncDisposable> {
  const lease = await acquireLease({ pool: database.pool, node, log: SILENT_LOG, renewEveryMs: 20, ...settings })
  lease.onLost(() => events.push('lost'))
  lease.onRegained(() => events.push('regained'))
  return { ...lease, [Symbol.asyncDispose]: () => lease.release() }
}

test('a node says what it is, and is gone after it gave its lease up', async () => {
  const lease = await acquire()
  const { rows } = await database.pool.query('SELECT *, expires_at > now() AS is_alive FROM codex.nodes')
  expect(rows).toMatchObject([
    { id: 'node', role: 'all', version: '1.2.3', formats: ['1', '0'], max_concurrent_runs: 3, host: 'here', pid: 42 },
  ])
  expect(rows[0].is_alive).toBe(true)
  expect(lease.isHeld()).toBe(true)
  await lease.release()
  expect((await database.pool.query('SELECT 1 FROM codex.nodes')).rowCount).toBe(0)
})

test('a lease that cannot be renewed is lost before others see it run out, and regained when the database is back', async () => {
  await using lease = await acquire({ ttlMs: 6_000 })
  await database.pool.query('ALTER TABLE codex.nodes RENAME TO nodes_away')
  try {
    // asked at the very moment: a busy machine may come back to the test much later
    const others = await new Promise<{ rows: unknown[] }>((resolve) =>
      lease.onLost(() => resolve(database.pool.query('SELECT expires_at > now() AS is_alive FROM codex.nodes_away'))),
    )
    expect(others.rows).toEqual([{ is_alive: true }])
    expect(events).toEqual(['lost'])
    expect(lease.isHeld()).toBe(false)
  } finally {
    await database.pool.query('ALTER TABLE codex.nodes_away RENAME TO nodes')
  }
  await lease.whenHeld(signal)
  expect(lease.isHeld()).toBe(true)
  expect(events).toEqual(['lost', 'regained'])
})

test('a node whose lease others took away notices, and gets a new one', async () => {
  await using lease = await acquire()
  await database.pool.query('DELETE FROM codex.nodes')
  await expect.poll(() => events, { timeout: 10_000 }).toEqual(['lost', 'regained'])
  expect(lease.isHeld()).toBe(true)
})

test('without other nodes (embedded database) a lease is not lost while the database is away', async () => {
  await using lease = await acquire({ ttlMs: 60, isExclusive: true })
  await database.pool.query('ALTER TABLE codex.nodes RENAME TO nodes_away')
  await new Promise((resolve) => setTimeout(resolve, 150))
  expect(lease.isHeld()).toBe(true)
  await database.pool.query('ALTER TABLE codex.nodes_away RENAME TO nodes')
  expect(events).toEqual([])
})

test('the task after a renewal does not overtake itself, and a slow one delays no renewal', async () => {
  await using lease = await acquire({ ttlMs: 1_000 })
  let going = 0
  let most = 0
  let begun = 0
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  lease.afterRenewal(async () => {
    begun += 1
    going += 1
    most = Math.max(most, going)
    await held
    going -= 1
  })
  await expect.poll(() => begun).toBe(1)
  await new Promise((resolve) => setTimeout(resolve, 1_100)) // longer than the lease would last without renewals
  expect(events).toEqual([])
  release()
  await expect.poll(() => begun).toBeGreaterThan(1)
  expect(most).toBe(1)
  await lease.stopTask()
})
