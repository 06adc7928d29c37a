import type { Pool } from '@codex/core/testing/database'
import { drive } from '../runs/drive.ts'
import { untilStatus } from '../runs/park-runs.ts'
import type { RunClient } from '../runs/run-client.ts'

/** What became of runs that had waited. */
export interface Freed {
  readonly resumed: number
  readonly cancelled: number
}

const LANES = 20
const PATIENCE_MS = 120_000
/** More than a run of four calls uses. */
const RAISED = { budget: { max_tokens: 1_000_000 } }

/**
 * Gives a part of the waiting runs a larger budget, with which they must complete, and cancels all others.
 * @param options.client whom to ask for the next one: any node will do, whichever the run waited on
 */
export async function freeParked(options: {
  readonly ids: readonly string[]
  readonly resume: number
  readonly client: () => RunClient
  readonly pool: Pool
}): Promise<Freed> {
  const { ids, client, pool } = options
  const ask = async (runs: readonly string[], what: 'resume' | 'cancel', body: object) => {
    const left = [...runs]
    const work = async () => void (await client().post(`/api/orchestrate/${left.pop()}/${what}`, body))
    await drive(work, { count: runs.length, concurrency: LANES, limitMs: Number.POSITIVE_INFINITY })
  }
  const resumed = ids.slice(0, options.resume)
  const cancelled = ids.slice(options.resume)
  await ask(resumed, 'resume', RAISED)
  await untilStatus(pool, resumed, 'completed', PATIENCE_MS)
  await ask(cancelled, 'cancel', {})
  await untilStatus(pool, cancelled, 'cancelled', PATIENCE_MS)
  return { resumed: resumed.length, cancelled: cancelled.length }
}
