import { CodexError, TERMINAL_STATUSES } from '@codex/protocol'
import type { OriginRun } from './read-origin.ts'
import { type TakenRun, takeOver } from './take-over.ts'
import type { TimelineUnit } from './timeline.ts'

/** Where a retry begins, and what it has from before; `taken` is null when the origin had not even a base. */
export interface PlannedRetry {
  readonly fromStep: string
  readonly taken: TakenRun | null
}

/**
 * Decides what a retry of a run does: the same plan, from the first step on that did not complete. A run that stayed red
 * is verified again where it ended, and gets as many fix rounds as before.
 * @throws CodexError CONFLICT when the run completed or goes on
 */
export function planRetry({ row, units }: OriginRun): PlannedRetry {
  const { id, status, plan, baseTree } = row
  if (status === 'completed') {
    throw new CodexError('CONFLICT', `run ${id} has completed; fork it to do a part of it differently`, {
      requestId: id,
    })
  }
  if (!TERMINAL_STATUSES.has(status as 'failed')) {
    throw new CodexError('CONFLICT', `run ${id} is ${status}; a retry needs a run that failed or was cancelled`, {
      requestId: id,
    })
  }
  const cut = findCut(units, row.error?.code === 'VERIFICATION_FAILED')
  const fromStep = units[cut]?.id ?? ''
  if (baseTree === null) return { fromStep: units[0]?.id ?? '', taken: null }
  const before = units.slice(0, cut)
  // what ran beside the failed step needed nothing of it
  const group = plan.groups.find((steps) => steps.some((step) => step.id === fromStep)) ?? []
  const beside = units.slice(cut).filter((unit) => unit.isCompleted && group.some((step) => step.id === unit.id))
  const part = { originId: id, baseTree, plan, units: [...before, ...beside], verifyAgain: false }
  return { fromStep, taken: takeOver(part) }
}

function findCut(units: readonly TimelineUnit[], staysRed: boolean): number {
  const open = units.findIndex((unit) => !unit.isCompleted)
  const first = open === -1 ? units.length - 1 : open
  const status = units[first]?.row?.status
  if (!staysRed || status === 'failed' || status === 'cancelled') return first
  const verification = units.slice(0, first + 1).findLastIndex((unit) => unit.row === null && unit.isCompleted)
  return verification === -1 ? first : verification
}
