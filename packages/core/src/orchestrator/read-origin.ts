import { CodexError } from '@codex/protocol'
import { RUN_FORMATS } from '../engine/run-formats.ts'
import { unpackRun } from '../store/compact-run.ts'
import type { Database } from '../store/database.ts'
import { IMPORTED_FORMAT } from '../store/import-run.ts'
import { type RunRow, readRun, readSteps } from '../store/read-run.ts'
import { readVerifiedRounds } from '../store/read-verified-rounds.ts'
import type { StepRow } from '../store/record-run.ts'
import { newStepRow } from './active-run.ts'
import { listTimeline, type TimelineUnit } from './timeline.ts'

/** A run that another one may go on from. */
export interface OriginRun {
  readonly row: RunRow
  readonly steps: readonly StepRow[]
  readonly units: readonly TimelineUnit[]
}

/**
 * Reads a run that another one is to go on from. One that was packed becomes rows again, because the new run copies from
 * them; it is packed again when its time comes.
 * @param formats that this version understands
 * @throws CodexError NOT_FOUND, CONFLICT for a run that was imported (nothing is executed out of a plan from elsewhere) or
 *   is stored in another format (what its rows mean is known to another version only)
 */
export async function readOrigin(
  database: Database,
  requestId: string,
  formats: readonly string[] = RUN_FORMATS,
): Promise<OriginRun> {
  const row = await readRun(database, requestId)
  if (row === null) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`, { requestId })
  if (row.format === IMPORTED_FORMAT) {
    throw new CodexError(
      'CONFLICT',
      `run ${requestId} was imported: it can be read and checked, not retried or forked; submit its prompt as a new run`,
      { requestId },
    )
  }
  if (!formats.includes(row.format)) {
    throw new CodexError(
      'CONFLICT',
      `run ${requestId} is stored in format ${row.format}, and this server understands ${formats.join(', ')} only: ask a node of a version that knows it (GET /api/nodes tells the formats of each), or submit its prompt as a new run`,
      { requestId, data: { format: row.format, formats } },
    )
  }
  if (row.compactedAt !== null) await unpackRun(database.pool, requestId)
  const recorded = (await readSteps(database, [requestId])).get(requestId) ?? []
  const known = new Set(recorded.map((step) => step.id))
  // a run that has not begun has no rows yet
  const planned = row.plan.groups.flat().map((step, position) => newStepRow(step, position))
  const steps = [...recorded, ...planned.filter((step) => !known.has(step.id))]
  const units = listTimeline(row.plan, steps, await readVerifiedRounds(database.pool, requestId))
  return { row, steps, units }
}
