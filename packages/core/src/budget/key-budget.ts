import type { BudgetLimits, KeyBudget } from '@codex/protocol'
import type { LimitedAccount } from '../store/shared-budgets.ts'

/** What every API key may use in a time; set by the operator. */
export interface KeyBudgetSettings {
  readonly limits: BudgetLimits
  readonly period: NonNullable<KeyBudget['period']>
}

/** Account of a key at a time. @param key fingerprint */
export function keyAccount({ limits, period }: KeyBudgetSettings, key: string, at: Date): LimitedAccount {
  const day = at.toISOString().slice(0, 10)
  const name = period === 'total' ? '' : period === 'day' ? day : day.slice(0, 7)
  return { scope: 'key', id: key, period: name, limits }
}

/** When the use begins anew, in UTC; null: never. */
export function periodEndsAt(period: KeyBudgetSettings['period'], at: Date): Date | null {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
  if (period === 'total') return null
  return new Date(period === 'day' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1))
}
