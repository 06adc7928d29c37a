import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import type { RunPlan } from '../orchestrator/plan.ts'
import { openDatabase } from '../store/database.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { submitRun } from '../store/submit-run.ts'
import { createTestDatabase } from '../testing/index.ts'
import { removeExpired } from './retention.ts'

test('removes runs that ended before the limit, with their files, and leaves the others', async () => {
  const server = await createTestDatabase()
  await migrateDatabase(server.url, async () => {})
  const database = openDatabase(server.url, { onError: () => {} })
  try {
    const ids = { old: uuidv7(), recent: uuidv7(), running: uuidv7() }
    for (const id of Object.values(ids)) {
      const plan = { warnings: [] } as unknown as RunPlan // not looked at here
      const run = { id, prompt: 'x', plan, agentSequence: [], workflow: null, sessionId: null, labels: {} }
      await submitRun(database.pool, { ...run, idempotencyKey: null, requestDigest: 'd' }, 100)
    }
    await database.pool.query(
      `UPDATE codex.runs SET status = 'completed', ended_at = now() - (CASE WHEN id = $1 THEN 10 ELSE 1 END) * interval '1 day'
       WHERE id <> $2`,
      [ids.old, ids.running],
    )
    const files: string[] = []
    const forgotten: string[] = []
    const removed = await removeExpired({
      pool: database.pool,
      days: 7,
      workspaces: { remove: async (id) => void files.push(id) },
      engine: { forget: async (runIds) => void forgotten.push(...runIds) },
      log: SILENT_LOG,
    })
    expect({ removed, files, forgotten }).toEqual({ removed: 1, files: [ids.old], forgotten: [ids.old] })
    const left = await database.pool.query<{ id: string }>('SELECT id FROM codex.runs')
    expect(left.rows.map((row) => row.id).sort()).toEqual([ids.recent, ids.running].sort())
    expect((await database.pool.query('SELECT 1 FROM codex.events WHERE run_id = $1', [ids.old])).rowCount).toBe(0)
  } finally {
    await database.close()
    await server.drop()
  }
})
