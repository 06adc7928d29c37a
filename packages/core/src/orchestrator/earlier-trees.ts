import type { ActiveRun } from './active-run.ts'
import { orderInTime } from './order-in-time.ts'

/** Trees that steps of this run left behind on its way to the head tree, oldest first, each once. */
export function findEarlierTrees(
  run: Pick<ActiveRun, 'claimed' | 'steps' | 'baseTree' | 'headTree'>,
): readonly string[] {
  const known = new Set([run.baseTree, run.headTree])
  const trees: string[] = []
  for (const { outputTree } of orderInTime(run.claimed.plan, run.steps.values())) {
    if (outputTree === null || known.has(outputTree)) continue
    known.add(outputTree)
    trees.push(outputTree)
  }
  return trees
}
