import type { Pool } from 'pg'

/** Rounds of a run whose verification was executed: 0 after the sequence, then the numbers of fix rounds. */
export async function readVerifiedRounds(pool: Pool, runId: string): Promise<ReadonlySet<number>> {
  const found = await pool.query<{ attempt: number }>(
    `SELECT attempt FROM codex.calls WHERE run_id = $1 AND kind = 'verification'`,
    [runId],
  )
  return new Set(found.rows.map(({ attempt }) => attempt - 1))
}
