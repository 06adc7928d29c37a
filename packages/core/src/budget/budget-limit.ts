import type { BudgetKind, BudgetLimits, BudgetMark, BudgetScope } from '@codex/protocol'

/** Part of a limit from which on its end is warned of. */
const WARNING_SHARE = 0.8

/** What was used under a limit; unknown prices count as 0 dollars. */
export interface Spending {
  readonly usd: number
  readonly tokens: number
}

export const NOTHING_SPENT: Spending = { usd: 0, tokens: 0 }

export function addSpending(left: Spending, right: Spending, sign: 1 | -1 = 1): Spending {
  return { usd: left.usd + sign * right.usd, tokens: left.tokens + sign * right.tokens }
}

/** The limits that are set, each with what was used of it. */
export function marksOf(
  scope: BudgetScope,
  limits: BudgetLimits,
  used: Spending & { readonly durationS?: number },
): readonly BudgetMark[] {
  const mark = (kind: BudgetKind, usedOfIt: number | undefined, limit: number | undefined): readonly BudgetMark[] =>
    limit === undefined || usedOfIt === undefined ? [] : [{ scope, kind, used: usedOfIt, limit }]
  return [
    ...mark('usd', used.usd, limits.maxUsd),
    ...mark('tokens', used.tokens, limits.maxTokens),
    ...mark('duration', used.durationS, limits.maxDurationS),
  ]
}

export const isUsedUp = ({ used, limit }: BudgetMark): boolean => used >= limit

/** Whether most of a limit is gone, so that its holder is to be warned. */
export const isNearlyUsedUp = ({ used, limit }: BudgetMark): boolean => used >= limit * WARNING_SHARE

/** Under which name it is kept that a limit was warned of. */
export const markKey = ({ scope, kind }: Pick<BudgetMark, 'scope' | 'kind'>): string => `${scope}/${kind}`
