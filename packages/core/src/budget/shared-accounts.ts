import type { BudgetMark, BudgetUse } from '@codex/protocol'
import type { AccountState, LimitedAccount } from '../store/shared-budgets.ts'
import { isUsedUp, marksOf, type Spending } from './budget-limit.ts'
import { describeExhausted } from './describe-mark.ts'
import { type KeyBudgetSettings, keyAccount, periodEndsAt } from './key-budget.ts'

/** Whose limits hold for a run besides its own. */
export interface SharedHolders {
  readonly sessionId: string | null
  /** Null: the session has none. */
  readonly sessionBudget: object | null
  /** Fingerprint of the key that asked. */
  readonly principal: string | null
}

/** The accounts that a run's calls count against at a time. */
export function sharedAccounts(
  { sessionId, sessionBudget, principal }: SharedHolders,
  key: KeyBudgetSettings | null,
  at: Date,
): readonly LimitedAccount[] {
  const session: readonly LimitedAccount[] =
    sessionId === null || sessionBudget === null
      ? []
      : [{ scope: 'session', id: sessionId, period: '', limits: sessionBudget }]
  return [...session, ...(principal === null || key === null ? [] : [keyAccount(key, principal, at)])]
}

/** How far the limits of an account are used up, with what was spent besides. */
export function marksOfAccount(
  { scope, limits, usd, tokens, activeMs }: AccountState,
  more: Spending = { usd: 0, tokens: 0 },
): readonly BudgetMark[] {
  return marksOf(scope, limits, {
    usd: usd + more.usd,
    tokens: tokens + more.tokens,
    durationS: Math.round(activeMs) / 1_000,
  })
}

/** What was used of an account, as callers are told. */
export function usedOf({ usd, tokens, activeMs }: AccountState): BudgetUse {
  return { usd, tokens, durationS: Math.round(activeMs) / 1_000 }
}

/** The first limit that is used up, and what is to be said of it. */
export function findUsedUp(
  accounts: readonly AccountState[],
  key: KeyBudgetSettings | null,
  at: Date,
): { readonly mark: BudgetMark; readonly message: string } | null {
  for (const account of accounts) {
    const mark = marksOfAccount(account).find(isUsedUp)
    if (mark === undefined) continue
    const endsAt = account.scope === 'key' && key !== null ? periodEndsAt(key.period, at) : null
    return { mark, message: describeExhausted(mark, { id: account.id, periodEndsAt: endsAt }) }
  }
  return null
}
