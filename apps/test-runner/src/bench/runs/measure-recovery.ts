import type { Pool } from '@codex/core/testing/database'
import type { RunningServer } from '../../server/running-server.ts'
import type { RunClient } from './run-client.ts'

/** How long after kill -9 runs went on and were done; the server is started again at once. */
export interface Recovery {
  readonly runs: number
  /** From the kill until the server answers again. */
  readonly readyMs: number
  /** From the kill until the first event of a run that was going. */
  readonly firstEventMs: number
  /** From the kill until every run had ended. */
  readonly allDoneMs: number
  readonly completed: number
}

const PATIENCE_MS = 60_000

/**
 * Kills a server in the middle of runs and starts it again.
 * @param open makes connections to the database, again after the restart
 */
export async function measureRecovery(options: {
  readonly server: RunningServer
  readonly client: RunClient
  readonly open: () => Pool
  readonly runs: number
}): Promise<Recovery> {
  const { server, client, runs } = options
  const ids = await Promise.all(Array.from({ length: runs }, () => client.start()))
  const pool = options.open()
  try {
    // every run has done a call and has more to do
    await until(pool, `SELECT count(DISTINCT run_id) >= ${runs} AS done FROM codex.calls WHERE run_id = ANY($1)`, ids)
    const killedAt = performance.now()
    await server.kill()
    const since = (await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now')).rows[0]?.now
    const restarted = server.restart().then(() => performance.now() - killedAt)
    await until(pool, 'SELECT count(*) > 0 AS done FROM codex.events WHERE run_id = ANY($1) AND ts > $2', ids, since)
    const firstEventMs = performance.now() - killedAt
    const ended = `FROM codex.runs WHERE id = ANY($1) AND status IN ('completed', 'failed', 'cancelled')`
    await until(pool, `SELECT count(*) = ${runs} AS done ${ended}`, ids)
    const allDoneMs = performance.now() - killedAt
    const { rows } = await pool.query<{ completed: number }>(
      `SELECT count(*) FILTER (WHERE status = 'completed')::int AS completed ${ended}`,
      [ids],
    )
    return { runs, readyMs: await restarted, firstEventMs, allDoneMs, completed: rows[0]?.completed ?? 0 }
  } finally {
    await pool.end()
  }
}

async function until(pool: Pool, question: string, ...values: unknown[]): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    const { rows } = await pool.query<{ done: boolean }>(question, values)
    if (rows[0]?.done === true) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`did not come about within ${PATIENCE_MS / 1_000} s: ${question}`)
}
