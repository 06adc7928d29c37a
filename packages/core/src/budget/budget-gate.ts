import { setTimeout as delay } from 'node:timers/promises'
import type { BudgetLimits, BudgetMark } from '@codex/protocol'
import { RunPause } from '../orchestrator/run-pause.ts'
import type { NewEvent, SettlementRow } from '../store/record-run.ts'
import type { AccountState, LimitedAccount } from '../store/shared-budgets.ts'
import { isNearlyUsedUp, markKey, marksOf, NOTHING_SPENT, type Spending } from './budget-limit.ts'
import { describeExhausted } from './describe-mark.ts'
import type { KeyBudgetSettings } from './key-budget.ts'
import { createRunAccount, type RunAccount } from './run-account.ts'
import { findUsedUp, marksOfAccount } from './shared-accounts.ts'

/** Where a call stands in the ledger. */
export interface CallPlace {
  readonly stepId: string
  readonly attempt: number
  readonly n: number
}

/** What is to be written together with a call that is over. */
export interface Settled {
  readonly settlements: readonly SettlementRow[]
  readonly events: readonly NewEvent[]
}

/** Room that was made for one call. One of its two ends is called once, or none when another node may have the run. */
export interface Reservation {
  /** The call is over and was paid for. */
  settle(paid: Spending): Settled
  /** The call is over and left nothing: it failed, or was stopped. */
  release(): Promise<void>
}

/** What stands between a run and everything that costs money. */
export interface BudgetGate {
  /** Whether dollars are limited anywhere, so that a call of unknown price is worth a word. */
  readonly limitsUsd: boolean
  /**
   * Waits until a call may begin, and reserves what it may cost.
   * @param bound what it costs at the most; asked only where something is limited
   * @throws RunPause when a limit is used up; the signal's reason
   */
  reserve(place: CallPlace, bound: () => Spending, signal: AbortSignal): Promise<Reservation>
  /** Events for limits that are nearly used up and were not told of yet. */
  warningsFor(marks: readonly BudgetMark[]): readonly NewEvent[]
}

/** The way to limits that several runs share, on several nodes. */
export interface SharedBudgets {
  readonly key: KeyBudgetSettings | null
  /** Accounts that a call counts against which begins now; none: nothing is shared. */
  accounts(at: Date): readonly LimitedAccount[]
  /** Makes room in all of them, or in none. @throws RunInterruption when the run is no longer ours or the database is away */
  reserve(
    place: CallPlace,
    accounts: readonly LimitedAccount[],
    bound: Spending,
  ): Promise<{ readonly reserved: boolean; readonly accounts: readonly AccountState[] }>
  release(place: CallPlace): Promise<void>
}

export interface BudgetGateSettings {
  readonly shared: SharedBudgets
  /** The run's own limits. */
  readonly limits: BudgetLimits | null
  /** What recorded calls of the run used. */
  readonly used: Spending
  /** Limits that the run was warned of before, as {@link markKey}s. */
  readonly warned: readonly string[]
}

const NOTHING_SETTLED: Settled = { settlements: [], events: [] }
const UNLIMITED: Reservation = { settle: () => NOTHING_SETTLED, release: async () => {} }

export function createBudgetGate(settings: BudgetGateSettings): BudgetGate {
  const { limits, shared } = settings
  const warned = new Set(settings.warned)
  const own = limits === null ? null : createRunAccount(limits, settings.used)

  const warningsFor = (marks: readonly BudgetMark[]): readonly NewEvent[] => {
    const told = marks.filter((mark) => isNearlyUsedUp(mark) && !warned.has(markKey(mark)))
    for (const mark of told) warned.add(markKey(mark))
    return told.map((mark) => ({ type: 'budget.warned', data: mark }))
  }
  return {
    limitsUsd:
      limits?.maxUsd !== undefined || shared.accounts(new Date()).some(({ limits: of }) => of.maxUsd !== undefined),
    warningsFor,
    async reserve(place, bound, signal) {
      const accounts = shared.accounts(new Date())
      if (own === null && accounts.length === 0) return UNLIMITED
      const most = bound()
      if (own !== null) await reserveOwn(own, most, signal)
      let states: readonly AccountState[] = []
      try {
        if (accounts.length > 0) states = await reserveEverywhere(shared, { place, accounts, most }, signal)
      } catch (error) {
        own?.settle(most, NOTHING_SPENT)
        throw error
      }
      return {
        settle(paid) {
          own?.settle(most, paid)
          const marks = [
            ...(own === null ? [] : marksOf('run', own.limits, own.used)),
            ...states.flatMap((state) => marksOfAccount(state, paid)),
          ]
          const booked = accounts.map(({ scope, id, period }) => ({ scope, id, period }))
          const settlements = booked.length === 0 ? [] : [{ ...place, accounts: booked, ...paid }]
          return { settlements, events: warningsFor(marks) }
        },
        async release() {
          own?.settle(most, NOTHING_SPENT)
          if (accounts.length > 0) await shared.release(place)
        },
      }
    },
  }
}

async function reserveOwn(own: RunAccount, most: Spending, signal: AbortSignal): Promise<void> {
  for (;;) {
    const answer = own.tryReserve(most)
    if (answer === 'reserved') return
    if (answer !== 'busy') throw new RunPause('budget', describeExhausted(answer), answer)
    await settledOrAborted(own.nextSettled(), signal)
  }
}

const FIRST_LOOK_MS = 50
const MAX_LOOK_MS = 1_000

/** Calls of other runs may be under way on any node, so it looks again now and then until they are settled. */
async function reserveEverywhere(
  shared: SharedBudgets,
  call: { readonly place: CallPlace; readonly accounts: readonly LimitedAccount[]; readonly most: Spending },
  signal: AbortSignal,
): Promise<readonly AccountState[]> {
  for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * 1.5, MAX_LOOK_MS)) {
    const answer = await shared.reserve(call.place, call.accounts, call.most)
    if (answer.reserved) return answer.accounts
    const usedUp = findUsedUp(answer.accounts, shared.key, new Date())
    if (usedUp !== null) throw new RunPause('budget', usedUp.message, usedUp.mark)
    // not all at the same moment
    await delay(lookMs * (0.5 + Math.random()), undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

async function settledOrAborted(settled: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  let stop: () => void = () => {}
  const aborted = new Promise<void>((resolve) => {
    stop = resolve
    signal.addEventListener('abort', stop)
  })
  await Promise.race([settled, aborted])
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
}
