import type { Pool } from 'pg'
import type { SharedBudgets } from '../budget/budget-gate.ts'
import type { KeyBudgetSettings } from '../budget/key-budget.ts'
import { sharedAccounts } from '../budget/shared-accounts.ts'
import type { ClaimedRun } from '../store/claim-run.ts'
import { releaseShared, reserveShared } from '../store/shared-budgets.ts'
import { RunInterruption } from './run-interruption.ts'
import { readRows } from './write-run.ts'

/** The limits that a run shares with others: those of its session and of the key that asked for it. */
export function sharedBudgetsOf(pool: Pool, claimed: ClaimedRun, key: KeyBudgetSettings | null): SharedBudgets {
  const { id: runId, epoch } = claimed
  return {
    key,
    accounts: (at) => sharedAccounts(claimed, key, at),
    async reserve(place, accounts, { usd, tokens }) {
      const answer = await readRows(() => reserveShared(pool, { runId, epoch, place, accounts, usd, tokens }))
      if (answer === null) throw new RunInterruption('superseded')
      return answer
    },
    // what stays behind when the database is away goes with the next takeover, and does not count after the run
    release: (place) => releaseShared(pool, runId, place).catch(() => {}),
  }
}
