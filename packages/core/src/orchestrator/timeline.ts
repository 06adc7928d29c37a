import type { StepRow } from '../store/record-run.ts'
import { newStepRow } from './active-run.ts'
import { firstOfRound, isFixPosition, orderInTime, roundOf } from './order-in-time.ts'
import type { RunPlan } from './plan.ts'
import { VERIFY_STEP } from './verify-run.ts'

/** One thing that a run does, in the order of time: a step, or a verification. */
export interface TimelineUnit {
  /** Id of the step; `verify` for the first verification, `verify.fix1` for the one after fix round 1. */
  readonly id: string
  readonly row: StepRow | null
  /** Fix round that it belongs to; 0 for the sequence and the first verification. */
  readonly round: number
  readonly isCompleted: boolean
}

/**
 * Lists what a run does from its beginning to its end, as far as it is known: the whole sequence, and the fix rounds
 * that were begun.
 * @param steps rows of the run; those that it does not have yet are to be given as ones that have not begun
 * @param verifiedRounds rounds whose verification was executed; 0 is the first verification
 */
export function listTimeline(
  plan: Pick<RunPlan, 'groups' | 'verifyAfterGroup' | 'fixSteps'>,
  steps: readonly StepRow[],
  verifiedRounds: ReadonlySet<number>,
): readonly TimelineUnit[] {
  const { groups, verifyAfterGroup, fixSteps } = plan
  const verifyAfter = verifyAfterGroup === null ? null : groups.slice(0, verifyAfterGroup + 1).flat().length
  const units: TimelineUnit[] = []
  const addVerification = (round: number) =>
    units.push({
      id: verificationId(round),
      row: null,
      round,
      isCompleted: verifiedRounds.has(round),
    })
  const ordered = orderInTime(plan, [...steps, ...missingFixSteps(fixSteps, steps)])
  for (const [index, row] of ordered.entries()) {
    const isFix = isFixPosition(row.position)
    const round = isFix ? roundOf(row.position) : 0
    units.push({ id: row.id, row, round, isCompleted: row.status === 'completed' })
    if (!isFix) {
      if (row.position + 1 === verifyAfter) addVerification(0)
      continue
    }
    const next = ordered[index + 1]
    const isLastFix = next === undefined || !isFixPosition(next.position) || roundOf(next.position) !== round
    const isReview = !fixSteps.some((step) => row.id === `${step.id}.fix${round}`)
    const reviewFollows =
      !isLastFix && next !== undefined && !fixSteps.some((step) => next.id === `${step.id}.fix${round}`)
    if (!isReview && (isLastFix || reviewFollows)) addVerification(round)
  }
  return units
}

/** Rows of fix steps whose turn had not come when their round ended. */
function missingFixSteps(fixSteps: RunPlan['fixSteps'], steps: readonly StepRow[]): readonly StepRow[] {
  const known = new Set(steps.map((step) => step.id))
  const begun = new Map(
    steps.filter((step) => isFixPosition(step.position)).map((step) => [roundOf(step.position), step]),
  )
  return [...begun].flatMap(([round, { position }]) =>
    fixSteps.flatMap((step, index) => {
      const id = `${step.id}.fix${round}`
      return known.has(id) ? [] : [newStepRow({ ...step, id }, firstOfRound(position) + index)]
    }),
  )
}

function verificationId(round: number): string {
  return round === 0 ? VERIFY_STEP : `${VERIFY_STEP}.fix${round}`
}
