import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from './in-transaction.ts'
import { parseArchive } from './read-archive.ts'

const compress = promisify(gzip)

// the text of jsonb stays as it is, so that nothing of a number or a key order can change on the way
const READ = {
  events: `SELECT count(*)::int AS rows, COALESCE(string_agg(json_build_object('seq', seq, 'ts', ts, 'stepId', step_id,
      'attempt', attempt, 'type', type, 'data', data)::text, E'\\n' ORDER BY seq), '') AS text
    FROM codex.events WHERE run_id = $1`,
  calls: `SELECT count(*)::int AS rows, COALESCE(string_agg(json_build_object('stepId', step_id, 'attempt', attempt, 'n', n,
      'kind', kind, 'requestDigest', request_digest, 'result', result, 'createdAt', created_at)::text, E'\\n'
      ORDER BY created_at, n, step_id, attempt), '') AS text
    FROM codex.calls WHERE run_id = $1`,
} as const

export type ArchiveKind = keyof typeof READ
export const ARCHIVE_KINDS = Object.keys(READ) as ArchiveKind[] // of a literal

/** Rows of a run as one line of JSON each. */
export async function readRowLines(
  client: Pool | PoolClient,
  runId: string,
  kind: ArchiveKind,
): Promise<{ readonly rows: number; readonly text: string }> {
  const { rows } = await client.query<{ rows: number; text: string }>(READ[kind], [runId])
  return rows[0] ?? { rows: 0, text: '' }
}

/** Stores such lines in place of rows. */
export async function writeArchive(
  client: PoolClient,
  runId: string,
  kind: ArchiveKind,
  { rows, text }: { readonly rows: number; readonly text: string },
): Promise<void> {
  await client.query('INSERT INTO codex.archives (run_id, kind, rows, content) VALUES ($1, $2, $3, $4)', [
    runId,
    kind,
    rows,
    await compress(Buffer.from(text)),
  ])
}

/**
 * Packs events and calls of a run that has ended, in one transaction: readers find either all rows or the archive.
 * @returns false when there is nothing to pack: the run goes on, was packed, or is gone
 */
export async function compactRun(pool: Pool, runId: string): Promise<boolean> {
  return await inTransaction(pool, async (client) => {
    const found = await client.query(
      `SELECT 1 FROM codex.runs WHERE id = $1 AND compacted_at IS NULL AND status IN ('completed', 'failed', 'cancelled')
       FOR UPDATE`,
      [runId],
    )
    if (found.rowCount === 0) return false
    for (const kind of ARCHIVE_KINDS) await writeArchive(client, runId, kind, await readRowLines(client, runId, kind))
    await client.query(
      `WITH old_events AS (DELETE FROM codex.events WHERE run_id = $1), old_calls AS (DELETE FROM codex.calls WHERE run_id = $1)
       UPDATE codex.runs SET compacted_at = now() WHERE id = $1`,
      [runId],
    )
    return true
  })
}

const RESTORE = {
  events: `INSERT INTO codex.events (run_id, seq, ts, step_id, attempt, type, data)
    SELECT $1, r.seq, r.ts, r."stepId", r.attempt, r.type, r.data FROM json_to_recordset($2::json)
      AS r(seq int, ts timestamptz, "stepId" text, attempt int, type text, data jsonb)`,
  calls: `INSERT INTO codex.calls (run_id, step_id, attempt, n, kind, request_digest, result, created_at)
    SELECT $1, r."stepId", r.attempt, r.n, r.kind, r."requestDigest", r.result, r."createdAt"
    FROM json_to_recordset($2::json) AS r("stepId" text, attempt int, n int, kind text, "requestDigest" text, result jsonb,
      "createdAt" timestamptz)`,
} as const

/** Makes rows of an archive again, for those who read them with SQL of their own. A run that was not packed stays. */
export async function unpackRun(pool: Pool, runId: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const found = await client.query('SELECT 1 FROM codex.runs WHERE id = $1 AND compacted_at IS NOT NULL FOR UPDATE', [
      runId,
    ])
    if (found.rowCount === 0) return
    const archives = await client.query<{ kind: ArchiveKind; content: Buffer }>(
      'DELETE FROM codex.archives WHERE run_id = $1 RETURNING kind, content',
      [runId],
    )
    for (const { kind, content } of archives.rows) {
      await client.query(RESTORE[kind], [runId, `[${(await parseArchive(content)).join(',')}]`])
    }
    await client.query('UPDATE codex.runs SET compacted_at = NULL WHERE id = $1', [runId])
  })
}
