import type { BudgetMark, RunWaiting } from '@codex/protocol'

/**
 * Thrown through a run that stops here because it needs something from outside: more budget, say. It is recorded as
 * `waiting` and becomes a row that nobody executes; once it is resumed it goes on from its ledger.
 */
export class RunPause extends Error {
  readonly reason: RunWaiting['reason']
  /** The limit that is used up, where that is the reason. */
  readonly budget: BudgetMark | undefined

  /** @param message what it waits for and what frees it */
  constructor(reason: RunWaiting['reason'], message: string, budget?: BudgetMark) {
    super(message)
    this.name = 'RunPause'
    this.reason = reason
    this.budget = budget
  }
}
