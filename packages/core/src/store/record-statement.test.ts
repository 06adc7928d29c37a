import { expect, test } from 'vitest'
import { createTestDatabase } from '../testing/index.ts'
import { openDatabase } from './database.ts'
import { migrateDatabase } from './migrate.ts'
import { RECORD_PARTS, type RecordPart, recordStatement } from './record-statement.ts'

test('every part by itself, and all of them, are a statement that Postgres takes', async () => {
  const server = await createTestDatabase()
  const database = openDatabase(server.url, { onError: () => {} })
  try {
    await migrateDatabase(server.url, async () => {})
    const sets = [[], ...RECORD_PARTS.map((part): RecordPart[] => [part]), [...RECORD_PARTS]]
    for (const [index, parts] of sets.entries()) {
      const { text } = recordStatement(new Set(parts))
      await expect(database.pool.query(`PREPARE statement_${index} AS ${text}`), parts.join()).resolves.toBeDefined()
    }
  } finally {
    await database.close()
    await server.drop()
  }
})

test('a statement has one name for one text', () => {
  const some = recordStatement(new Set(['calls', 'steps']))
  expect(recordStatement(new Set(['steps', 'calls']))).toBe(some)
  expect(some.name).toBe('record-run-stca')
  expect(some.text).not.toContain('codex.packs')
  expect(recordStatement(new Set(RECORD_PARTS)).name.length).toBeLessThan(64) // Postgres cuts longer ones off
})
