import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Pool, PoolClient } from 'pg'

const decompress = promisify(gunzip)

/** Lines of an archive, one row each. */
export async function parseArchive(content: Buffer): Promise<readonly string[]> {
  const text = (await decompress(content)).toString()
  return text === '' ? [] : text.split('\n')
}

/** Packed rows of a run, one line of JSON each; null when they were not packed. */
export async function readArchive(
  pool: Pool | PoolClient,
  runId: string,
  kind: 'events' | 'calls',
): Promise<readonly string[] | null> {
  const { rows } = await pool.query<{ content: Buffer }>({
    name: 'read-archive',
    text: 'SELECT content FROM codex.archives WHERE run_id = $1 AND kind = $2',
    values: [runId, kind],
  })
  return rows[0] === undefined ? null : await parseArchive(rows[0].content)
}
