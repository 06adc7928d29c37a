import { addSpending, NOTHING_SPENT, type Spending } from '../budget/budget-limit.ts'
import type { ModelReply } from '../models/index.ts'
import type { CallRow } from '../store/record-run.ts'

/** What all model calls of a run used; the price of unknown ones is 0 and does not hide what the others cost. */
export function sumSpending(calls: Iterable<Pick<CallRow, 'kind' | 'result'>>): Spending {
  let spent = NOTHING_SPENT
  for (const call of calls) if (call.kind === 'model') spent = addSpending(spent, spendingOf(call.result as ModelReply)) // recorded from one
  return spent
}

/** What one model call used. */
export function spendingOf({ usage, costUsd }: Pick<ModelReply, 'usage' | 'costUsd'>): Spending {
  return { usd: costUsd ?? 0, tokens: usage.totalTokens }
}
