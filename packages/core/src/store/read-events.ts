import type { RunEvent } from '@codex/protocol'
import type { Pool } from 'pg'
import { readArchive } from './read-archive.ts'

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

/** Events of a run after a number, oldest first, also when they were packed. */
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
  if (result.rows.length > 0) return result.rows.map((row) => toRunEvent(runId, row))
  // packing takes all rows at once: where there is none, all of them are in the archive, or nothing came after
  const lines = await readArchive(pool, runId, 'events')
  return (lines ?? []).slice(options.after, options.after + options.limit).map((line) => parseEvent(runId, line))
}

/** One line of an archive. Their order is that of `seq`, which begins with 1 and has no gaps. */
function parseEvent(runId: string, line: string): RunEvent {
  const { ts, stepId, ...row } = JSON.parse(line) as Omit<EventRow, 'ts' | 'step_id'> & { ts: string; stepId: string }
  return toRunEvent(runId, { ...row, ts: new Date(ts), step_id: stepId })
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
