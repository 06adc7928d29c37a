import type { Pool } from 'pg'
import type { ArchivedRun, WorkspaceArchive } from '../workspace/index.ts'
import type { WorkspaceSource } from '../workspace/workspace.ts'

/** More than this is read pack by pack. */
const MAX_READ_TOGETHER_BYTES = 16 * 1024 * 1024

const READ_RUN = `SELECT r.plan->'source' AS source, r.base_tree, p.tree, p.base_tree AS pack_base, p.n,
    CASE WHEN sum(length(p.content)) OVER () <= ${MAX_READ_TOGETHER_BYTES} THEN p.content END AS content
  FROM codex.runs r LEFT JOIN codex.packs p ON p.run_id = r.id
  WHERE r.id = $1 ORDER BY p.n`

interface ArchivedRow {
  source: WorkspaceSource
  base_tree: string | null
  tree: string | null
  pack_base: string
  n: number
  content: Buffer | null
}

/** Keeps the files of runs in the database. Packs of a run are written with what they tell of (`recordRun`). */
export function createWorkspaceArchive(pool: Pool): WorkspaceArchive {
  return {
    async readRun(runId): Promise<ArchivedRun | null> {
      const { rows } = await pool.query<ArchivedRow>({ name: 'read-packs', text: READ_RUN, values: [runId] })
      const [first] = rows
      if (first === undefined) return null
      return {
        source: first.source,
        baseTree: first.base_tree,
        packs: rows.flatMap(({ tree, pack_base: baseTree, n, content }) =>
          tree === null ? [] : [{ tree, baseTree, n, content }],
        ),
      }
    },
    async readPack(runId, tree) {
      const { rows } = await pool.query<{ content: Buffer }>(
        'SELECT content FROM codex.packs WHERE run_id = $1 AND tree = $2',
        [runId, tree],
      )
      return rows[0]?.content ?? null
    },
    async readBase(tree, maxBytes = Number.MAX_SAFE_INTEGER) {
      const { rows } = await pool.query<{ content: Buffer }>(
        'SELECT content FROM codex.base_packs WHERE tree = $1 AND length(content) <= $2::bigint',
        [tree, maxBytes],
      )
      return rows[0]?.content ?? null
    },
    async hasBase(tree) {
      const { rowCount } = await pool.query('UPDATE codex.base_packs SET used_at = now() WHERE tree = $1', [tree])
      return rowCount === 1
    },
    async writeBase(tree, pack) {
      await pool.query(
        `INSERT INTO codex.base_packs (tree, content) VALUES ($1, $2)
         ON CONFLICT (tree) DO UPDATE SET used_at = now()`,
        [tree, pack],
      )
    },
  }
}
