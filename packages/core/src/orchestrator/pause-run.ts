import type { RunWaiting } from '@codex/protocol'
import type { Pool } from 'pg'
import type { ClaimedRun } from '../store/claim-run.ts'
import type { NewEvent, RunPatch } from '../store/record-run.ts'
import type { ActiveRun } from './active-run.ts'
import { describeProgress } from './finish-run.ts'
import { RunInterruption } from './run-interruption.ts'
import type { RunPause } from './run-pause.ts'
import { sumOfStep } from './sum-calls.ts'
import { writeRun } from './write-run.ts'

/**
 * Makes a run a row that waits: its processes are dead, what it did is kept, and nobody executes it until it is resumed.
 * @param run null when not even a worktree came about
 */
export async function pauseRun(pool: Pool, claimed: ClaimedRun, run: ActiveRun | null, pause: RunPause): Promise<void> {
  const { reason, message, budget } = pause
  const told = { reason, message, ...(budget === undefined ? {} : { budget }) }
  const waiting: RunWaiting = { ...told, since: new Date() }
  const events: readonly NewEvent[] = [{ type: 'run.waiting', data: told }]
  if (run === null) {
    return await writeRun(pool, {
      runId: claimed.id,
      epoch: claimed.epoch,
      run: { status: 'waiting', waiting },
      events,
    })
  }
  await run.settle()
  // steps that stopped in the middle: what they used so far is told while they wait
  const going = [...run.steps.values()].filter((step) => step.status === 'running')
  const steps = going.map((step) => ({ ...step, ...sumOfStep(run, step.id) }))
  await run.write({ run: { ...(await progressOf(run)), status: 'waiting', waiting }, steps, events })
}

/** What it made so far is only shown: a run that cannot describe it waits all the same, and tells at its end. */
async function progressOf(run: ActiveRun): Promise<RunPatch> {
  try {
    return await describeProgress(run, null)
  } catch (error) {
    if (error instanceof RunInterruption) throw error
    return {}
  }
}
