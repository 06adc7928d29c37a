import { Client } from 'pg'
import { expect, test } from 'vitest'
import { createTestDatabase } from './test-database.ts'

test('gives every caller an empty database of its own in one Postgres', async () => {
  const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()])
  const client = new Client(first.url)
  await client.connect()
  await client.query('create table only_here ()')
  await client.end()

  const other = new Client(second.url)
  await other.connect()
  const { rows } = await other.query("select to_regclass('only_here') found")
  await other.end()

  expect(rows).toEqual([{ found: null }])
  expect(new URL(first.url).port).toBe(new URL(second.url).port)
  await Promise.all([first.drop(), second.drop()])
})

test('drops a database although a connection to it is open, and once more without complaint', async () => {
  const database = await createTestDatabase()
  const client = new Client(database.url)
  client.on('error', () => undefined) // its connection is ended by the drop
  await client.connect()

  await database.drop()
  await database.drop()

  await expect(new Client(database.url).connect()).rejects.toThrow('does not exist')
})
