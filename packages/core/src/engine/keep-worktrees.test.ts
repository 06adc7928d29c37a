import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import type { RunPlan } from '../orchestrator/plan.ts'
import { openDatabase } from '../store/database.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { submitRun } from '../store/submit-run.ts'
import { createTestDatabase } from '../testing/index.ts'
import { createWorkspaceManager } from '../workspace/index.ts'
import { removeUnneeded } from './keep-worktrees.ts'

const DAY_MS = 86_400_000

test('removes folders of runs that ended, vanished or left, and leaves those that somebody works in', async () => {
  const server = await createTestDatabase()
  await migrateDatabase(server.url, async () => {})
  const { pool, close } = openDatabase(server.url, { onError: () => {} })
  const rootDir = await mkdtemp(join(tmpdir(), 'codex-janitor-'))
  try {
    const nodes = { me: uuidv7(), former: uuidv7(), beside: uuidv7() }
    await pool.query(
      `INSERT INTO codex.nodes (id, expires_at) VALUES ($1, now() + interval '1 hour'),
      ($2, now() + interval '1 hour')`,
      [nodes.me, nodes.beside],
    ) // prettier-ignore
    const make = async (node: string, status: string | null): Promise<string> => {
      const id = uuidv7()
      if (status !== null) {
        const plan = { warnings: [] } as unknown as RunPlan // not looked at here
        const run = { id, prompt: 'x', plan, agentSequence: [], workflow: null, sessionId: null, labels: {} }
        await submitRun(pool, { ...run, idempotencyKey: null, requestDigest: 'd' }, 100)
        await pool.query('UPDATE codex.runs SET status = $2 WHERE id = $1', [id, status])
      }
      await createWorkspaceManager({ rootDir, node }).open(id, { kind: 'empty' })
      return id
    }
    const going = await make(nodes.me, 'running')
    const left = await make(nodes.me, 'running')
    const beside = await make(nodes.beside, 'running')
    const crashed = await make(nodes.former, 'running')
    const ended = await make(nodes.beside, 'completed')
    const waiting = await make(nodes.me, 'waiting')
    const removed = await make(nodes.me, null)
    const young = await make(nodes.me, 'failed')
    const workspaces = createWorkspaceManager({ rootDir, node: nodes.me })
    const settings = { pool, node: nodes.me, workspaces, going: () => [going], log: SILENT_LOG }
    expect(await removeUnneeded(settings)).toEqual([])

    const before = new Date(Date.now() - DAY_MS)
    for (const id of readdirSync(rootDir)) if (id !== young) await utimes(join(rootDir, id), before, before)
    expect([...(await removeUnneeded(settings))].sort()).toEqual([left, crashed, ended, waiting, removed].sort())
    expect(readdirSync(rootDir).sort()).toEqual([going, beside, young].sort())
    expect(existsSync(join(rootDir, going, 'tree'))).toBe(true)
  } finally {
    await close()
    await server.drop()
    await rm(rootDir, { recursive: true, force: true })
  }
})
