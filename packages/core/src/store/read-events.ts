import type { RunEvent } from '@codex/protocol'
import type { Pool } from 'pg'

interface EventRow {
  seq: number
  ts: Date
  step_id: string | null
  attempt: number | null
  type: string
  data: unknown
}

const READ = `SELECT seq, ts, step_id, attempt, type, data FROM codex.events
  WHERE run_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`

/** Events of a run after a number, oldest first. */
export async function readEvents(
  pool: Pool,
  runId: string,
  options: { readonly after: number; readonly limit: number },
): Promise<readonly RunEvent[]> {
  const result = await pool.query<EventRow>({
    name: 'read-events',
    text: READ,
    values: [runId, options.after, options.limit],
  })
  return result.rows.map((row) => toRunEvent(runId, row))
}

function toRunEvent(runId: string, row: EventRow): RunEvent {
  return {
    seq: row.seq,
    ts: row.ts,
    runId,
    ...(row.step_id === null ? {} : { stepId: row.step_id }),
    ...(row.attempt === null ? {} : { attempt: row.attempt }),
    type: row.type,
    data: row.data,
  } as RunEvent // written by recordRun from the typed union
}
