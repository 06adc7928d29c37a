import { CodexError, NO_USAGE, type Usage } from '@codex/protocol'
import type { ModelReply } from '../models/index.ts'
import type { CallRow } from '../store/record-run.ts'
import { type ActiveRun, addCost, addUsage } from './active-run.ts'

/** What recorded model calls used; the cost is null as soon as the price of one is unknown. */
export function sumCalls(
  run: Pick<ActiveRun, 'ledger'>,
  isCounted: (call: CallRow) => boolean,
): { usage: Usage; costUsd: number | null } {
  let usage = NO_USAGE
  let costUsd: number | null = 0
  for (const call of run.ledger.values()) {
    if (call.kind !== 'model' || !isCounted(call)) continue
    const reply = call.result as ModelReply // recorded from a model call
    usage = addUsage(usage, reply.usage)
    costUsd = addCost(costUsd, reply.costUsd)
  }
  return { usage, costUsd }
}

/** What a step's recorded model calls used, over all of its attempts. */
export function sumOfStep(run: Pick<ActiveRun, 'ledger'>, stepId: string): ReturnType<typeof sumCalls> {
  return sumCalls(run, (call) => call.stepId === stepId)
}

/**
 * Refuses another model call once the run's budget is used up, so a run is never more than one call over (one for each
 * step, where steps run at the same time). Models without a known price only count tokens.
 * @throws CodexError BUDGET_EXCEEDED
 */
export function checkBudget(run: Pick<ActiveRun, 'ledger' | 'claimed'>): void {
  const budget = run.claimed.plan.budget
  if (budget === null) return
  const { usage } = sumCalls(run, () => true)
  if (budget.maxTokens !== undefined && usage.totalTokens >= budget.maxTokens) {
    throw new CodexError(
      'BUDGET_EXCEEDED',
      `used ${usage.totalTokens} of ${budget.maxTokens} tokens (budget.max_tokens)`,
    )
  }
  // calls of an unknown price must not hide what the others cost
  const { costUsd } = sumCalls(run, (call) => (call.result as ModelReply).costUsd !== null)
  if (budget.maxUsd !== undefined && costUsd !== null && costUsd >= budget.maxUsd) {
    throw new CodexError('BUDGET_EXCEEDED', `used $${costUsd.toFixed(4)} of $${budget.maxUsd} (budget.max_usd)`)
  }
}
