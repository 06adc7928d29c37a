import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '../testing/index.ts'
import { type Database, openDatabase } from './database.ts'
import { migrateDatabase } from './migrate.ts'
import { sessions } from './schema/sessions.ts'

let url: string
let drop: () => Promise<void>
let database: Database

beforeAll(async () => {
  ;({ url, drop } = await createTestDatabase())
  await migrateDatabase(url, async () => {})
  database = openDatabase(url, { maxConnections: 1, onError: () => {} })
  await database.pool.query('CREATE TABLE numbers (n int)')
})
afterAll(async () => {
  await database.close()
  await drop()
})

/** Statements that the one connection of the pool has prepared. */
async function prepared(): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ statement: string }>(
    'SELECT statement FROM pg_prepared_statements ORDER BY prepare_time',
  )
  return rows.map(({ statement }) => statement)
}

test('a write with parameters is prepared once, whoever sends it and in whatever form', async () => {
  const text = 'INSERT INTO numbers VALUES ($1) RETURNING n'
  expect((await database.pool.query(text, [1])).rows).toEqual([{ n: 1 }])
  expect((await database.pool.query({ text, values: [2] })).rows).toEqual([{ n: 2 }])
  expect((await database.pool.query({ text, rowMode: 'array' }, [3])).rows).toEqual([[3]])
  const client = await database.pool.connect()
  await new Promise<void>((resolve) => client.query(text, [4], () => resolve()))
  client.release()
  await database.orm.update(sessions).set({ title: 'x' }).where(eq(sessions.id, '00000000-0000-4000-8000-000000000000'))
  expect((await prepared()).map((statement) => statement.slice(0, 24))).toEqual([
    'INSERT INTO numbers VALU',
    'update "codex"."sessions',
  ])
})

test('reads, statements without parameters, and those that have a name, stay as they are', async () => {
  const before = await prepared()
  await database.pool.query('SELECT $1::int AS one', [1])
  await database.pool.query('SELECT 1 AS one; SELECT 2 AS two') // several cannot be prepared
  await database.pool.query({ name: 'my-own', text: 'SELECT $1::text AS mine', values: ['x'] })
  const added = (await prepared()).filter((statement) => !before.includes(statement))
  expect(added).toEqual(['SELECT $1::text AS mine'])
})

test('one that fails can be sent again', async () => {
  const divide = (by: number) => database.pool.query('INSERT INTO numbers VALUES (4 / $1::int) RETURNING n', [by])
  await expect(divide(0)).rejects.toThrow('division by zero')
  expect((await divide(2)).rows).toEqual([{ n: 2 }])
  await expect(database.pool.query('INSERT INTO nowhere VALUES ($1)', [1])).rejects.toThrow('nowhere')
  await expect(database.pool.query('INSERT INTO nowhere VALUES ($1)', [1])).rejects.toThrow('nowhere')
})
