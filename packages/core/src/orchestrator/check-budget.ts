import { CodexError, NO_USAGE, type Usage } from '@codex/protocol'
import { type ActiveRun, addCost, addUsage } from './active-run.ts'

/** What a run has used so far, over all its steps. */
function sumUsage(run: Pick<ActiveRun, 'steps'>): { usage: Usage; costUsd: number | null } {
  let usage = NO_USAGE
  let costUsd: number | null = 0
  for (const step of run.steps.values()) {
    usage = addUsage(usage, step.usage)
    costUsd = addCost(costUsd, step.costUsd)
  }
  return { usage, costUsd }
}

/**
 * Refuses another model call once the run's budget is used up, so a run is never more than one call over.
 * Models without a known price only count tokens.
 * @throws CodexError BUDGET_EXCEEDED
 */
export function checkBudget(run: ActiveRun): void {
  const budget = run.claimed.plan.budget
  if (budget === null) return
  const { usage, costUsd } = sumUsage(run)
  if (budget.maxTokens !== undefined && usage.totalTokens >= budget.maxTokens) {
    throw new CodexError(
      'BUDGET_EXCEEDED',
      `used ${usage.totalTokens} of ${budget.maxTokens} tokens (budget.max_tokens)`,
    )
  }
  if (budget.maxUsd !== undefined && costUsd !== null && costUsd >= budget.maxUsd) {
    throw new CodexError('BUDGET_EXCEEDED', `used $${costUsd.toFixed(4)} of $${budget.maxUsd} (budget.max_usd)`)
  }
}
