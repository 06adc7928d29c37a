import type { ClusterDatabase } from '../nodes/cluster-database.ts'
import type { AuditedCall, AuditedDelivery, AuditedEvent, AuditedRun, AuditedStep, AuditInput } from './audit-input.ts'

/** What the database says, with numbers as numbers and times as milliseconds. */
export async function readRows(
  database: ClusterDatabase,
): Promise<Pick<AuditInput, 'runs' | 'steps' | 'events' | 'calls' | 'deliveries' | 'engine' | 'reservations'>> {
  const [runs, steps, events, calls, deliveries, engine, reservations] = await Promise.all([
    database.query<AuditedRun>(
      `SELECT id::text, labels->>'chaos' AS key, status, waiting->>'reason' AS "waitingFor", epoch, last_seq AS "lastSeq",
        patch, error->>'message' AS error,
        webhook IS NOT NULL AS "isTold" FROM codex.runs ORDER BY id`,
    ),
    database.query<AuditedStep>(
      `SELECT run_id::text AS "runId", id, status, (usage->>'totalTokens')::int AS "totalTokens" FROM codex.steps`,
    ),
    database.query<AuditedEvent>(
      `SELECT run_id::text AS "runId", seq, type, step_id AS "stepId", attempt,
        (EXTRACT(EPOCH FROM ts) * 1000)::float8 AS at, data
        FROM codex.events ORDER BY run_id, seq`,
    ),
    database.query<AuditedCall>(
      `SELECT run_id::text AS "runId", step_id AS "stepId", attempt, n, kind,
        (EXTRACT(EPOCH FROM created_at) * 1000)::float8 AS "recordedAt",
        COALESCE((result->'usage'->>'totalTokens')::int, 0) AS "totalTokens",
        COALESCE((result->'usage'->>'outputTokens')::int, 0) AS "outputTokens" FROM codex.calls`,
    ),
    database.query<AuditedDelivery>('SELECT id, run_id::text AS "runId", seq, status FROM codex.webhook_deliveries'),
    database.query<{ runId: string; status: string }>(
      'SELECT workflow_uuid AS "runId", status FROM dbos.workflow_status',
    ),
    database.query<{ runId: string }>('SELECT run_id::text AS "runId" FROM codex.budget_reservations'),
  ])
  return { runs, steps, events, calls, deliveries, engine, reservations }
}
