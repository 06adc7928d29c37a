import { NO_USAGE } from '@codex/protocol'
import type { StepRow } from '../store/record-run.ts'
import type { TakeOver } from '../store/take-over.ts'
import { newStepRow } from './active-run.ts'
import type { RunPlan } from './plan.ts'
import type { TimelineUnit } from './timeline.ts'

/** What of a run is taken over by one that goes on from it, and what its plan becomes. */
export interface TakenRun {
  readonly plan: RunPlan
  readonly baseTree: string
  readonly takeOver: TakeOver
}

export interface TakenPart {
  readonly originId: string
  readonly baseTree: string
  /** Plan of the new run, whose steps before the cut are those of the origin. */
  readonly plan: RunPlan
  /** Everything before the cut, all of it completed. */
  readonly units: readonly TimelineUnit[]
  /** Verifications are done anew: what they check has changed. */
  readonly verifyAgain: boolean
}

/**
 * Puts the rows together that a new run begins with: steps taken over with their results, and nothing used or paid. It
 * has as many fix rounds of its own as its plan says.
 */
export function takeOver({ originId, baseTree, plan, units, verifyAgain }: TakenPart): TakenRun {
  const verifications = verifyAgain ? 0 : units.filter((unit) => unit.row === null).length
  const taken = new Map(units.flatMap(({ row }) => (row === null ? [] : [[row.id, toReused(row)] as const])))
  const planned = plan.groups.flat().map((step, position) => taken.get(step.id) ?? newStepRow(step, position))
  const fixes = [...taken.values()].filter((row) => !planned.some((step) => step.id === row.id))
  return {
    plan: { ...plan, maxFixRounds: countRounds(plan, units) + plan.maxFixRounds },
    baseTree,
    takeOver: { originId, steps: [...planned, ...fixes], verifications },
  }
}

/** Fix rounds that are used up: those whose last step is taken over. */
function countRounds({ fixSteps }: RunPlan, units: readonly TimelineUnit[]): number {
  const last = fixSteps.at(-1)?.id
  return Math.max(0, ...units.filter(({ id, round }) => id === `${last}.fix${round}`).map(({ round }) => round))
}

/** A completed step of another run: nobody attempted it here, so it took no time and used nothing. */
function toReused(row: StepRow): StepRow {
  return { ...row, attempts: 0, startedAt: null, endedAt: null, usage: NO_USAGE, costUsd: 0, error: null }
}
