import { CodexError, type SessionPolicy } from '@codex/protocol'
import type { Pool, PoolClient } from 'pg'
import { askForCancel, endUnexecuted } from './cancel-statements.ts'
import { inTransaction } from './in-transaction.ts'
import { findByIdempotencyKey, type NewRun, submitRun } from './submit-run.ts'

export interface SessionSubmission {
  readonly id: string
  readonly created: boolean
  /** Run that has to end first; null when none does. */
  readonly predecessorId: string | null
  /** Runs that were ended to make room; those that a node executes were asked to end. */
  readonly ended: readonly string[]
}

const INTERRUPTED = 'another request of the session took its place'

/**
 * Stores a run of a session. The runs of a session never overlap: each waits for the one before it. Requests that come
 * at the same instant take their turn at the session's row, so they form a chain.
 * @param policy of the request; null: the session's own
 * @throws CodexError NOT_FOUND, CONFLICT (session archived, or busy under the policy `reject`), and as `submitRun`
 */
export async function submitInSession(
  pool: Pool,
  run: NewRun & { readonly sessionId: string },
  { policy, maxQueued }: { readonly policy: SessionPolicy | null; readonly maxQueued: number },
): Promise<SessionSubmission> {
  return await inTransaction(pool, async (client) => {
    const session = await lockSession(client, run.sessionId)
    const earlier = await findByIdempotencyKey(client, run)
    if (earlier !== null) return { id: earlier, created: false, predecessorId: null, ended: [] }
    return await store(client, run, policy ?? session.policy, maxQueued)
  })
}

async function lockSession(client: PoolClient, id: string): Promise<{ policy: SessionPolicy }> {
  const found = await client.query<{ policy: SessionPolicy; archived_at: Date | null }>(
    'SELECT policy, archived_at FROM codex.sessions WHERE id = $1 FOR UPDATE',
    [id],
  )
  const session = found.rows[0]
  if (session === undefined) throw new CodexError('NOT_FOUND', `there is no session ${id}`)
  if (session.archived_at === null) return session
  throw new CodexError('CONFLICT', `session ${id} is archived and takes no new runs; create a new one`)
}

async function store(
  client: PoolClient,
  run: NewRun & { readonly sessionId: string },
  policy: SessionPolicy,
  maxQueued: number,
): Promise<SessionSubmission> {
  const going = await listGoing(client, run.sessionId)
  const tail = going.at(-1) ?? null
  if (tail !== null && policy === 'reject') {
    throw new CodexError(
      'CONFLICT',
      `session ${run.sessionId} is busy with run ${going[0]?.id} (${going[0]?.status}); wait for its end, cancel it, or give session_policy "enqueue" or "interrupt"`,
      { data: { requestId: going[0]?.id } },
    )
  }
  const predecessorId = tail?.id ?? null
  const stored = await submitRun(client, { ...run, predecessorId }, maxQueued)
  if (!stored.created || policy !== 'interrupt') return { ...stored, predecessorId, ended: [] }
  const ended: string[] = []
  for (const { id } of going) {
    // in the same transaction: a server that dies now has either done both or nothing
    if ((await endUnexecuted(client, id, { status: 'cancelled', reason: INTERRUPTED })) !== null) ended.push(id)
    else await askForCancel(client, id, INTERRUPTED)
  }
  return { ...stored, predecessorId, ended }
}

// the last one is the one that nobody waits for
const GOING = `SELECT r.id, r.status FROM codex.runs r
  WHERE r.session_id = $1 AND r.status NOT IN ('completed', 'failed', 'cancelled')
  ORDER BY EXISTS (SELECT 1 FROM codex.runs n WHERE n.predecessor_id = r.id
    AND n.status NOT IN ('completed', 'failed', 'cancelled')) DESC, r.created_at, r.id`

async function listGoing(client: PoolClient, sessionId: string): Promise<readonly { id: string; status: string }[]> {
  return (await client.query<{ id: string; status: string }>(GOING, [sessionId])).rows
}
