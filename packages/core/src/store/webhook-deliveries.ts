import type { EventType, WebhookDelivery } from '@codex/protocol'
import { WEBHOOK_EVENTS } from '@codex/protocol'
import type { Pool } from 'pg'

const TOLD = WEBHOOK_EVENTS.map((type) => `'${type}'`).join(', ')

/** Whether an event may have to be told to a webhook. */
export function isTold(type: EventType): boolean {
  return WEBHOOK_EVENTS.some((told) => told === type)
}

/**
 * Part of the statement that writes events, so that a delivery is stored with what it tells of or not at all.
 * @param source a `FROM` item with columns id (of the run), webhook, seq and type of the events
 * @returns a common table expression, `new_deliveries`; what the statement selects as {@link NEW_DELIVERIES} goes to
 *   {@link tellDeliveries}, or nobody hears of it before the next sweep
 */
export function deliveryExpressions(source: string): string {
  return `new_deliveries AS (
  INSERT INTO codex.webhook_deliveries (id, run_id, url, event_type, seq)
  SELECT 'msg_' || replace(w.id::text, '-', '') || '_' || w.seq, w.id, w.webhook->>'url', w.type, w.seq FROM ${source} w
  WHERE w.webhook IS NOT NULL AND w.type IN (${TOLD})
    AND (NOT w.webhook ? 'events' OR w.webhook->'events' ? w.type)
  ON CONFLICT DO NOTHING RETURNING id
)`
}

/** Ids of what {@link deliveryExpressions} stored, or null. */
export const NEW_DELIVERIES = '(SELECT array_agg(id) FROM new_deliveries) AS deliveries'

const listeners = new WeakMap<Pool, Set<(deliveryId: string) => void>>()

/** Calls back in the process that stored a delivery, after its commit, until the returned function is called. */
export function onDelivery(pool: Pool, listener: (deliveryId: string) => void): () => void {
  const known = listeners.get(pool) ?? new Set()
  listeners.set(pool, known.add(listener))
  return () => known.delete(listener)
}

/** To be called after a commit with what it stored. */
export function tellDeliveries(pool: Pool, deliveries: readonly string[] | null | undefined): void {
  for (const id of deliveries ?? []) for (const listener of listeners.get(pool) ?? []) listener(id)
}

/** A delivery as the one who sends it needs it. */
export interface PendingDelivery {
  readonly id: string
  readonly runId: string
  readonly url: string
  readonly eventType: EventType
  readonly seq: number
  readonly status: WebhookDelivery['status']
  readonly tries: number
  /** When the event happened. */
  readonly eventTime: Date
  readonly eventData: Record<string, unknown>
}

const READ = `SELECT d.id, d.run_id AS "runId", d.url, d.event_type AS "eventType", d.seq, d.status, d.tries,
    COALESCE(e.ts, d.created_at) AS "eventTime", COALESCE(e.data, '{}') AS "eventData"
  FROM codex.webhook_deliveries d LEFT JOIN codex.events e ON e.run_id = d.run_id AND e.seq = d.seq WHERE d.id = $1`

/** Reads one delivery; null when it was removed with its run. */
export async function readDelivery(pool: Pool, id: string): Promise<PendingDelivery | null> {
  const found = await pool.query<PendingDelivery>(READ, [id])
  return found.rows[0] ?? null
}

/** How a try ended. */
export interface TryOutcome {
  readonly status: WebhookDelivery['status']
  readonly error: string | null
}

/** Records how the n-th try ended; one that was recorded already stays as it is. */
export async function recordTry(pool: Pool, id: string, n: number, { status, error }: TryOutcome): Promise<void> {
  await pool.query(
    `UPDATE codex.webhook_deliveries SET tries = $2, status = $3, last_error = $4,
       ended_at = CASE WHEN $3 = 'pending' THEN NULL ELSE now() END
     WHERE id = $1 AND tries < $2`,
    [id, n, status, error],
  )
}

const LIST = `SELECT id, event_type AS type, seq, url, status, tries, last_error AS "lastError", created_at AS "createdAt",
    ended_at AS "endedAt"
  FROM codex.webhook_deliveries WHERE run_id = $1 ORDER BY seq`

/** What was and will be told of a run, in the order of its events. */
export async function listDeliveries(pool: Pool, runId: string): Promise<WebhookDelivery[]> {
  return (await pool.query<WebhookDelivery>(LIST, [runId])).rows
}

/** Makes an ended delivery pending again. @returns tries until now and target; null when the run has no such delivery */
export async function reopenDelivery(
  pool: Pool,
  runId: string,
  id: string,
): Promise<{ readonly tries: number; readonly url: string } | null> {
  const found = await pool.query<{ tries: number; url: string }>(
    `UPDATE codex.webhook_deliveries SET status = 'pending', ended_at = NULL WHERE run_id = $1 AND id = $2
     RETURNING tries, url`,
    [runId, id],
  )
  return found.rows[0] ?? null
}

// The workflow of the try before may be about to start the next one; one that ended without doing so is in nobody's hands.
const FORGOTTEN = `SELECT d.id, d.tries, d.url FROM codex.webhook_deliveries d
  WHERE d.status = 'pending' AND d.created_at < now() - interval '5 seconds' AND NOT EXISTS (
    SELECT 1 FROM dbos.workflow_status w
    WHERE w.workflow_uuid IN (d.id || ':' || d.tries, d.id || ':' || (d.tries + 1))
      AND w.status IN ('ENQUEUED', 'DELAYED', 'PENDING'))
  ORDER BY d.created_at LIMIT 100`

/** Pending deliveries that nobody will ever try. */
export async function findForgottenDeliveries(
  pool: Pool,
): Promise<readonly { readonly id: string; readonly tries: number; readonly url: string }[]> {
  return (await pool.query<{ id: string; tries: number; url: string }>(FORGOTTEN)).rows
}
