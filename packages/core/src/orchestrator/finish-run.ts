import type { RunError } from '@codex/protocol'
import type { Pool } from 'pg'
import type { ClaimedRun } from '../store/claim-run.ts'
import { type RunPatch, recordRun, type StepRow } from '../store/record-run.ts'
import type { ActiveRun } from './active-run.ts'

/** Records the end of a run whose steps all completed. */
export async function finishCompleted(run: ActiveRun): Promise<void> {
  const { plan } = run.claimed
  const verified = run.verification?.verdict === 'passed'
  const success = verified || !plan.verificationRequired
  if (!verified && plan.verifyAfterGroup !== null) {
    const why = run.verification?.reasons.map((reason) => reason.message).join('; ')
    run.warn(`nothing was verified: ${why || 'no tests were asked for'}`)
  }
  await run.write({
    run: { ...(await describeEnd(run)), status: 'completed', success, verified },
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
  const end: RunPatch = {
    ...(run === null ? { endedAt: new Date() } : await describeEnd(run)),
    status: 'failed',
    error,
  }
  const events = [{ type: 'run.failed', data: { error } }] as const
  if (run === null) await recordRun(pool, { runId: claimed.id, epoch: claimed.epoch, run: end, events })
  else await run.write({ run: end, steps: unfinished(run, 'skipped'), events })
}

/** Records that a run was cancelled; its processes are dead by now. */
export async function finishCancelled(
  pool: Pool,
  claimed: ClaimedRun,
  run: ActiveRun | null,
  reason: string,
): Promise<void> {
  const end: RunPatch = { ...(run === null ? { endedAt: new Date() } : await describeEnd(run)), status: 'cancelled' }
  const events = [{ type: 'run.cancelled', data: { reason } }] as const
  if (run === null) await recordRun(pool, { runId: claimed.id, epoch: claimed.epoch, run: end, events })
  else await run.write({ run: end, steps: unfinished(run, 'cancelled'), events })
}

async function describeEnd(run: ActiveRun): Promise<RunPatch> {
  const hasChanges = run.headTree !== run.baseTree
  return {
    endedAt: new Date(),
    headTree: run.headTree,
    patch: hasChanges ? await run.workspace.patch(run.baseTree, run.headTree) : '',
    warnings: run.warnings,
    ...(run.verification === null ? {} : { verification: run.verification }),
  }
}

function unfinished(run: ActiveRun, status: 'skipped' | 'cancelled'): readonly StepRow[] {
  return [...run.steps.values()]
    .filter((step) => step.status === 'pending' || step.status === 'running')
    .map((step) => ({ ...step, status: step.status === 'running' ? 'cancelled' : status }))
}
