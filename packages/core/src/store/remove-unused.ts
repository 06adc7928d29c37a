import type { Pool } from 'pg'

/** What is younger may belong to something that is not visible yet. */
const GRACE = `interval '1 day'`
const BATCH = 1_000

// each in batches, so that no lock is held for long
const STATEMENTS = {
  // contents belong to every step that names them, and to runs that were given them
  artifacts: `DELETE FROM codex.artifacts WHERE digest IN (SELECT a.digest FROM codex.artifacts a
    WHERE a.created_at < now() - ${GRACE}
      AND NOT EXISTS (SELECT 1 FROM codex.steps s, jsonb_each_text(s.artifacts) e WHERE e.value = a.digest)
      AND NOT EXISTS (SELECT 1 FROM codex.runs r, jsonb_each_text(r.plan->'session'->'given') e
        WHERE r.plan ? 'session' AND jsonb_typeof(r.plan->'session'->'given') = 'object' AND e.value = a.digest)
    LIMIT ${BATCH})`,
  basePacks: `DELETE FROM codex.base_packs WHERE tree IN (SELECT b.tree FROM codex.base_packs b
    WHERE b.used_at < now() - ${GRACE}
      AND NOT EXISTS (SELECT 1 FROM codex.packs p WHERE p.base_tree = b.tree)
      AND NOT EXISTS (SELECT 1 FROM codex.runs r WHERE r.base_tree = b.tree)
      AND NOT EXISTS (SELECT 1 FROM codex.runs r WHERE r.plan->'source'->>'tree' = b.tree)
    LIMIT ${BATCH})`,
  sessions: `DELETE FROM codex.sessions WHERE id IN (SELECT s.id FROM codex.sessions s
    WHERE s.archived_at < now() - ${GRACE} AND NOT EXISTS (SELECT 1 FROM codex.runs r WHERE r.session_id = s.id)
    LIMIT ${BATCH})`,
} as const

export type Unused = keyof typeof STATEMENTS

/**
 * Removes what nothing refers to any more: contents of artifacts, packs of bases, archived sessions without runs.
 * @returns how many rows of each went
 */
export async function removeUnused(pool: Pool): Promise<Readonly<Record<Unused, number>>> {
  const removed = { artifacts: 0, basePacks: 0, sessions: 0 }
  for (const [what, statement] of Object.entries(STATEMENTS) as [Unused, string][]) {
    for (let count = BATCH; count === BATCH; removed[what] += count) {
      count = (await pool.query(statement)).rowCount ?? 0
    }
  }
  return removed
}
