/** How a run is entered into the engine's tables as taken by a node, without the way through its queue. */
export interface EngineEntry {
  readonly queue: string
  readonly workflow: string
  /** The run's format; nothing is entered when it is stored in another one. */
  readonly version: string
  readonly application: string
  /** The engine's token of this one execution. */
  readonly owner: string
  readonly priority: number
  /** The workflow's arguments as the engine stores them, and in which format. */
  readonly input: string
  readonly serialization: string
  /** The node takes no run beyond so many. */
  readonly maxRunning: number
}

/**
 * Expressions that enter run `$1` for node `$2`, with the entry in `$3` to `$11`. Nothing is entered when the engine knows
 * the run already, when others wait in its queue (they were there before), or when the node has no room. The row is the
 * one that the engine's own dequeuing leaves (DBOS 5.3); a test holds them against each other.
 */
export const ENTER = `entered AS (
  INSERT INTO dbos.workflow_status (workflow_uuid, status, name, authenticated_user, assumed_role, authenticated_roles,
    executor_id, application_version, application_id, recovery_attempts, queue_name, started_at_epoch_ms, priority,
    serialization, creator_xid, owner_xid, application_name)
  SELECT r.id::text, 'PENDING', $4, '', '', '[]', $2, $5, '', 1, $3, (EXTRACT(EPOCH FROM now()) * 1000)::bigint, $8::int,
    $10, $7, $7, $6
  FROM codex.runs r WHERE r.id = $1 AND r.status = 'queued' AND r.epoch = 0 AND r.format = $5
    AND NOT EXISTS (SELECT 1 FROM dbos.workflow_status w WHERE w.workflow_uuid = r.id::text)
    AND NOT EXISTS (SELECT 1 FROM dbos.workflow_status w WHERE w.queue_name = $3 AND w.status = 'ENQUEUED')
    AND (SELECT count(*) FROM dbos.workflow_status w
      WHERE w.queue_name = $3 AND w.status = 'PENDING' AND w.executor_id = $2) < $11::int
  RETURNING workflow_uuid
), entered_input AS (
  INSERT INTO dbos.workflow_input (workflow_uuid, inputs) SELECT workflow_uuid, $9 FROM entered
)`

/** The parameters of {@link ENTER} from `$3` on. */
export function toEntryValues(entry: EngineEntry): readonly (string | number)[] {
  const { queue, workflow, version, application, owner, priority, input, serialization, maxRunning } = entry
  return [queue, workflow, version, application, owner, priority, input, serialization, maxRunning]
}
