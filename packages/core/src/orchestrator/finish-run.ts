import type { RunError } from '@codex/protocol'
import type { Pool } from 'pg'
import type { ClaimedRun } from '../store/claim-run.ts'
import type { NewEvent, RunPatch, RunWrite, StepRow } from '../store/record-run.ts'
import type { ActiveRun } from './active-run.ts'
import { RunInterruption } from './run-interruption.ts'
import { sumOfStep } from './sum-calls.ts'
import { summarizeRun } from './summarize-run.ts'
import { writeRun } from './write-run.ts'

/** Longer patches are left out of the result; what a run changed can still be read file by file. */
const MAX_PATCH_CHARACTERS = 32_000_000

/** Records the end of a run whose steps all completed. */
export async function finishCompleted(run: ActiveRun): Promise<void> {
  const { plan } = run.claimed
  const verified = run.verification?.verdict === 'passed'
  const success = verified || !plan.verificationRequired
  if (!verified && plan.verifyAfterGroup !== null) {
    const why = run.verification?.reasons.map((reason) => reason.message).join('; ')
    run.warn(`nothing was verified: ${why || 'no tests were asked for'}`)
  }
  await run.conclude({
    run: { ...(await describeEnd(run, null)), status: 'completed', success, verified },
    events: [{ type: 'run.completed', data: { success, verified } }],
  })
}

/** Records a failure, with everything that was made until then. `run` is null when not even a worktree came about. */
export async function finishFailed(
  pool: Pool,
  claimed: ClaimedRun,
  run: ActiveRun | null,
  error: RunError,
): Promise<void> {
  await finishEarly(pool, claimed, run, {
    end: { status: 'failed', error },
    event: { type: 'run.failed', data: { error } },
    pending: 'skipped',
  })
}

/** Records that a run was cancelled; its processes are dead by now. */
export async function finishCancelled(
  pool: Pool,
  claimed: ClaimedRun,
  run: ActiveRun | null,
  reason: string,
): Promise<void> {
  await finishEarly(pool, claimed, run, {
    end: { status: 'cancelled' },
    event: { type: 'run.cancelled', data: { reason } },
    pending: 'cancelled',
  })
}

interface EarlyEnd {
  readonly end: RunPatch
  readonly event: NewEvent
  /** What becomes of steps that never began. */
  readonly pending: 'skipped' | 'cancelled'
}

async function finishEarly(
  pool: Pool,
  claimed: ClaimedRun,
  run: ActiveRun | null,
  { end, event, pending }: EarlyEnd,
): Promise<void> {
  const error = end.error ?? null
  const bare: RunWrite = {
    runId: claimed.id,
    epoch: claimed.epoch,
    run: { ...end, endedAt: new Date(), summary: summarizeRun(run?.artifacts ?? {}, error) },
    events: [event],
  }
  if (run === null) return await writeRun(pool, bare)
  try {
    const { steps, events } = endSteps(run, pending)
    await run.write({ run: { ...(await describeEnd(run, error)), ...end }, steps, events: [...events, event] })
  } catch (error) {
    if (error instanceof RunInterruption) throw error
    await run.settle().catch(() => {}) // what can be stored comes before the end
    // what was made cannot be described or stored; without an end the run would be taken up again for ever
    const warnings = [...run.warnings, 'what the run made until its end could not be stored']
    await writeRun(pool, { ...bare, run: { ...bare.run, warnings }, steps: endSteps(run, pending).steps })
  }
}

async function describeEnd(run: ActiveRun, error: RunError | null): Promise<RunPatch> {
  return { ...(await describeProgress(run, error)), endedAt: new Date() }
}

/** What a run has made until now, for the row that tells of it. */
export async function describeProgress(run: ActiveRun, error: RunError | null): Promise<RunPatch> {
  const hasChanges = run.headTree !== run.baseTree
  let patch = hasChanges ? await run.workspace.patch(run.baseTree, run.headTree) : ''
  if (patch.length > MAX_PATCH_CHARACTERS) {
    run.warn(
      `the patch was left out: it has ${patch.length} characters, more than ${MAX_PATCH_CHARACTERS}; read the changed files one by one`,
    )
    patch = ''
  }
  return {
    headTree: run.headTree,
    patch,
    warnings: run.warnings,
    summary: summarizeRun(run.artifacts, error),
    ...(run.verification === null ? {} : { verification: run.verification }),
  }
}

/** No step of a run that has ended is left pending or running. */
function endSteps(
  run: ActiveRun,
  pending: 'skipped' | 'cancelled',
): { steps: readonly StepRow[]; events: readonly NewEvent[] } {
  const rows = [...run.steps.values()]
  const going = rows
    .filter((step) => step.status === 'running')
    // a step that was not executed again since a takeover was paid for all the same
    .map((step): StepRow => ({ ...step, ...sumOfStep(run, step.id), status: 'cancelled', endedAt: new Date() }))
  const waiting = rows
    .filter((step) => step.status === 'pending')
    .map((step): StepRow => ({ ...step, status: pending }))
  return {
    steps: [...going, ...waiting],
    events: going.map((step) => ({
      type: 'step.cancelled',
      stepId: step.id,
      attempt: step.attempts,
      data: { agent: step.agent },
    })),
  }
}
