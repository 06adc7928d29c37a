import type { StepRow } from '../store/record-run.ts'
import type { RunPlan } from './plan.ts'

/** Fix steps stand behind the sequence in the result. */
const FIRST_FIX_POSITION = 1_000
const POSITIONS_PER_ROUND = 100
const AFTER_VERIFICATION = 10_000
/** Fix rounds that began when the sequence was at its end. */
const AFTER_SEQUENCE = 20_000

/**
 * Position of a step of a fix round.
 * @param index of the step within its round
 * @param isAtEnd whether the round comes after all groups of the sequence, and not right after the one that is verified
 */
export function fixPosition(round: number, index: number, isAtEnd: boolean): number {
  return (isAtEnd ? AFTER_SEQUENCE : FIRST_FIX_POSITION) + round * POSITIONS_PER_ROUND + index
}

/** Whether a step belongs to a fix round and not to the sequence. */
export function isFixPosition(position: number): boolean {
  return position >= FIRST_FIX_POSITION
}

/** Number of the fix round that a step of one belongs to. */
export function roundOf(position: number): number {
  const start = position >= AFTER_SEQUENCE ? AFTER_SEQUENCE : FIRST_FIX_POSITION
  return Math.floor((position - start) / POSITIONS_PER_ROUND)
}

/** Position of the first step of the fix round that a position belongs to. */
export function firstOfRound(position: number): number {
  return position - (position % POSITIONS_PER_ROUND)
}

/**
 * Sorts steps by when they had their turn. Times are of no use for that: steps of one run may have ended within the same
 * millisecond, or on nodes whose clocks differ. Fix rounds belong between the sequence's groups.
 */
export function orderInTime(
  plan: Pick<RunPlan, 'groups' | 'verifyAfterGroup'>,
  steps: Iterable<StepRow>,
): readonly StepRow[] {
  const { groups, verifyAfterGroup } = plan
  const before = verifyAfterGroup === null ? Infinity : groups.slice(0, verifyAfterGroup + 1).flat().length
  const turn = ({ position }: StepRow) =>
    position >= before && position < FIRST_FIX_POSITION ? position + AFTER_VERIFICATION : position
  return [...steps].sort((a, b) => turn(a) - turn(b))
}
