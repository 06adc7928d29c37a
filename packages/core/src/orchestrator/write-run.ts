import { setTimeout as delay } from 'node:timers/promises'
import type { Pool } from 'pg'
import { isDatabaseTrouble, isDuplicateKey } from '../store/database-trouble.ts'
import { type RunWrite, recordRun } from '../store/record-run.ts'
import { isTooLarge, type StorageMeter } from '../store/storage-meter.ts'
import { RunInterruption } from './run-interruption.ts'

const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 2_000

/**
 * Records what happened in a run. When the database is away just then, a finished call is kept and written once it is
 * back, since the call was paid for; anything else follows from the rows and is done again from there.
 * @throws RunInterruption when the run belongs to another node, has ended, or cannot be recorded now; what the database
 *   says of a statement that it will never take; CodexError STORAGE_EXCEEDED with `storage`
 */
export async function writeRun(
  pool: Pool,
  write: RunWrite,
  signal?: AbortSignal,
  storage?: StorageMeter,
): Promise<void> {
  const hasCalls = (write.calls ?? []).length > 0
  for (let delayMs = 0; ; delayMs = Math.min(Math.max(delayMs * 2, FIRST_DELAY_MS), MAX_DELAY_MS)) {
    try {
      if (delayMs > 0) await pause(delayMs, signal)
      if ((await recordRun(pool, write, storage)) === null) throw new RunInterruption('superseded')
      return
    } catch (error) {
      if (error instanceof RunInterruption || isTooLarge(error)) throw error
      // the connection broke after the commit: the statement is one transaction, so the call's row proves all of it
      if (hasCalls && delayMs > 0 && isDuplicateKey(error)) return
      if (!isDatabaseTrouble(error)) throw error
      if (!hasCalls || (signal?.aborted === true && !isKeptTrying(signal)))
        throw new RunInterruption('unrecorded', { cause: error })
    }
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined || isKeptTrying(signal)) return await delay(ms)
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!isKeptTrying(signal)) throw error
  })
}

/** A node that lost its lease to the database's absence may find its runs untouched: what they paid for is kept. */
function isKeptTrying({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof RunInterruption && reason.reason === 'superseded'
}

/** Reads rows of a run. @throws RunInterruption when the database is away */
export async function readRows<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw isDatabaseTrouble(error) ? new RunInterruption('unrecorded', { cause: error }) : error
  }
}
