import type { StepRow } from '../store/record-run.ts'
import type { RunPlan } from './plan.ts'

/** Fix steps stand behind the sequence in the result. */
export const FIRST_FIX_POSITION = 1_000
/** Reviews made again after a fix stand behind everything else. */
export const AFTER_FIX_POSITION = 2_000
const AFTER_VERIFICATION = 10_000

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
