import type { NodeInfo } from '@codex/protocol'
import type { Pool } from 'pg'

const LIVING_NODES = `
SELECT n.id, n.role, n.version, n.formats, n.host, n.pid, n.started_at AS "startedAt",
  n.max_concurrent_runs AS "maxConcurrentRuns",
  (SELECT count(*)::int FROM codex.runs r WHERE r.status = 'running' AND r.node = n.id) AS executing
FROM codex.nodes n WHERE n.expires_at > now() ORDER BY n.started_at, n.id`

/** Every process whose lease holds, the oldest first. */
export async function listLivingNodes(pool: Pool): Promise<NodeInfo[]> {
  return (await pool.query<NodeInfo>(LIVING_NODES)).rows
}
