import { Pool } from 'pg'
import { expect, test } from 'vitest'
import { changesOf, parseMessage, toMessages } from './run-changes.ts'

test('puts runs into messages and reads them back, however many there are', () => {
  const changes = new Map(Array.from({ length: 301 }, (_, n) => [`run-${n}`, n % 2 === 0]))
  const messages = toMessages('node', changes)
  expect(messages.length).toBe(3)
  const read = messages.map(parseMessage)
  expect(read.every(({ sender }) => sender === 'node')).toBe(true)
  const told = read.flatMap((message) => message.changes.map(({ runId, isStatus }) => [runId, isStatus] as const))
  expect(new Map(told)).toEqual(changes)
})

test('a message of the longest ids is no longer than Postgres takes', () => {
  const changes = new Map(Array.from({ length: 150 }, () => [crypto.randomUUID(), true]))
  for (const message of toMessages(crypto.randomUUID(), changes)) expect(message.length).toBeLessThan(8_000)
})

test('tells its own process at once, also while the database is away', async () => {
  const pool = new Pool({ connectionString: 'postgresql://127.0.0.1:1/none' })
  const told: [string, boolean][] = []
  const stop = changesOf(pool).onChange((runId, isStatus) => told.push([runId, isStatus]))
  changesOf(pool).tell('a', false)
  stop()
  changesOf(pool).tell('b', true)
  expect(told).toEqual([['a', false]])
  await pool.end()
})
