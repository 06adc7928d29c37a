import type { BudgetLimits, BudgetMark } from '@codex/protocol'
import { addSpending, isUsedUp, marksOf, NOTHING_SPENT, type Spending } from './budget-limit.ts'

/** What a run may use by itself: kept in memory, since one node alone executes a run. */
export interface RunAccount {
  readonly limits: BudgetLimits
  readonly used: Spending
  /**
   * Makes room for a call. It may begin when all that is used, reserved and its own bound fit, or when nothing else is
   * reserved and the limit is not reached: so one call at most goes over.
   * @returns `reserved`; `busy` while other calls may still leave room; the limit that is used up
   */
  tryReserve(bound: Spending): 'reserved' | 'busy' | BudgetMark
  /** Ends a reservation with what the call cost in the end. */
  settle(bound: Spending, paid: Spending): void
  /** Resolves with the next call that is settled. */
  nextSettled(): Promise<void>
}

/** @param before what recorded calls used */
export function createRunAccount(limits: BudgetLimits, before: Spending): RunAccount {
  let used = before
  let reserved = NOTHING_SPENT
  let inFlight = 0
  let waiting: (() => void)[] = []
  return {
    limits,
    get used() {
      return used
    },
    tryReserve(bound) {
      const exhausted = marksOf('run', limits, used).find(isUsedUp)
      if (exhausted !== undefined) return exhausted
      const worst = addSpending(addSpending(used, reserved), bound)
      const fits = marksOf('run', limits, worst).every((mark) => mark.used <= mark.limit)
      if (!fits && inFlight > 0) return 'busy'
      reserved = addSpending(reserved, bound)
      inFlight += 1
      return 'reserved'
    },
    settle(bound, paid) {
      inFlight -= 1
      // the sum of what was added and taken away is not exactly 0
      reserved = inFlight === 0 ? NOTHING_SPENT : addSpending(reserved, bound, -1)
      used = addSpending(used, paid)
      const woken = waiting
      waiting = []
      for (const wake of woken) wake()
    },
    nextSettled: () => new Promise((resolve) => waiting.push(resolve)),
  }
}
