import { type BudgetLimits, type BudgetMark, CodexError, type ResumeRunInput } from '@codex/protocol'
import { isUsedUp, marksOf } from '../budget/budget-limit.ts'
import { describeUse } from '../budget/describe-mark.ts'
import type { KeyBudgetSettings } from '../budget/key-budget.ts'
import { findUsedUp, sharedAccounts } from '../budget/shared-accounts.ts'
import type { Database } from '../store/database.ts'
import { type RunRow, readCalls, readRun } from '../store/read-run.ts'
import { resumeRun } from '../store/resume-run.ts'
import { readAccounts } from '../store/shared-budgets.ts'
import { sumSpending } from './spending.ts'

/** What a run may wait for that more room frees; anything else is decided elsewhere. */
const FREED_BY_RESUMING: ReadonlySet<string> = new Set(['budget', 'quota'])

/**
 * Puts a waiting run back among the queued ones, with its own limits raised where they are given.
 * @returns its row as it was
 * @throws CodexError NOT_FOUND; CONFLICT when it does not wait, or when a limit would stop it again at once
 */
export async function requestResume(
  database: Database,
  keyBudget: KeyBudgetSettings | null,
  { requestId, budget }: ResumeRunInput,
): Promise<RunRow> {
  const row = await readRun(database, requestId)
  if (row === null) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`, { requestId })
  if (row.status !== 'waiting') throw notWaiting(row)
  const reason = row.waiting?.reason ?? 'budget'
  if (!FREED_BY_RESUMING.has(reason)) {
    throw new CodexError('CONFLICT', `run ${requestId} waits for ${reason}, which resuming does not give`, {
      requestId,
    })
  }
  const limits = { ...row.plan.budget, ...given(budget) }
  const exhausted = await findExhausted(database, row, limits)
  if (exhausted !== undefined) {
    throw new CodexError('CONFLICT', `${describeUse(exhausted)}: give more than that to resume it`, {
      requestId,
      data: { ...exhausted },
    })
  }
  const shared = await findSharedExhausted(database, row, keyBudget)
  if (shared !== null) throw new CodexError('CONFLICT', shared.message, { requestId, data: { ...shared.mark } })
  const isResumed = await resumeRun(database.pool, requestId, budget === undefined ? null : limits)
  // somebody else resumed or cancelled it in the meantime
  if (!isResumed) throw notWaiting((await readRun(database, requestId)) ?? row)
  return row
}

async function findExhausted(database: Database, row: RunRow, limits: BudgetLimits): Promise<BudgetMark | undefined> {
  const spent = sumSpending(await readCalls(database, row.id))
  return marksOf('run', limits, { ...spent, durationS: row.activeMs / 1_000 }).find(isUsedUp)
}

async function findSharedExhausted(database: Database, row: RunRow, key: KeyBudgetSettings | null) {
  const at = new Date()
  // whether the session has limits is read with its account
  const accounts = await readAccounts(database.pool, sharedAccounts({ ...row, sessionBudget: {} }, key, at))
  return findUsedUp(accounts, key, at)
}

/** Limits that were named; what is undefined was not. */
function given(budget: BudgetLimits | undefined): BudgetLimits {
  return Object.fromEntries(Object.entries(budget ?? {}).filter(([, limit]) => limit !== undefined))
}

function notWaiting({ id, status }: RunRow): CodexError {
  return new CodexError('CONFLICT', `run ${id} is ${status}; only a run that waits can be resumed`, {
    requestId: id,
    data: { status },
  })
}
