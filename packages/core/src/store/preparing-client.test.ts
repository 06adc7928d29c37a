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
})
afterAll(async () => {
  await database.close()
  await drop()
})

/** Statements that the one connection of the pool has prepared. */
async function prepared(): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements')
  return rows.map(({ statement }) => statement)
}

test('a statement with parameters is prepared once, whoever sends it and in whatever form', async () => {
  const text = 'SELECT $1::int + 1 AS sum'
  expect((await database.pool.query(text, [1])).rows).toEqual([{ sum: 2 }])
  expect((await database.pool.query({ text, values: [2] })).rows).toEqual([{ sum: 3 }])
  expect((await database.pool.query({ text, rowMode: 'array' }, [3])).rows).toEqual([[4]])
  const client = await database.pool.connect()
  await new Promise<void>((resolve) => client.query(text, [4], () => resolve()))
  client.release()
  await database.orm.select().from(sessions).where(eq(sessions.id, '00000000-0000-4000-8000-000000000000'))
  const statements = await prepared()
  expect(statements.filter((statement) => statement === text)).toHaveLength(1)
  expect(statements.filter((statement) => statement.includes('"codex"."sessions"'))).toHaveLength(1)
})

test('statements without parameters, and those that have a name, stay as they are', async () => {
  const before = await prepared()
  await database.pool.query('SELECT 1 AS one; SELECT 2 AS two') // several cannot be prepared
  await database.pool.query({ name: 'my-own', text: 'SELECT $1::text AS mine', values: ['x'] })
  const added = (await prepared()).filter((statement) => !before.includes(statement))
  expect(added).toEqual(['SELECT $1::text AS mine'])
})

test('one that fails can be sent again', async () => {
  const divide = (by: number) => database.pool.query<{ half: number }>('SELECT 4 / $1::int AS half', [by])
  await expect(divide(0)).rejects.toThrow('division by zero')
  expect((await divide(2)).rows).toEqual([{ half: 2 }])
  await expect(database.pool.query('SELECT nothing FROM nowhere WHERE id = $1', [1])).rejects.toThrow('nowhere')
  await expect(database.pool.query('SELECT nothing FROM nowhere WHERE id = $1', [1])).rejects.toThrow('nowhere')
})
