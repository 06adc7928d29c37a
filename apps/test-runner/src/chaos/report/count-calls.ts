import type { AuditInput } from '../audit/audit-input.ts'
import { callsOnce } from '../audit/calls-once.ts'

/** Model calls by what became of them. */
export interface CallCounts {
  /** Requests that reached the model server. */
  readonly asked: number
  /** Replies in the ledger. */
  readonly recorded: number
  /** Answered or under way, and not recorded because their node died or lost the run. */
  readonly lostInFlight: number
  /** Recorded, and asked again all the same. */
  readonly repeated: number
}

export function countCalls(input: AuditInput): CallCounts {
  const recorded = input.calls.filter(({ kind }) => kind === 'model').length
  const refused = input.journal.filter(({ status }) => status >= 400).length
  return {
    asked: input.journal.length,
    recorded,
    lostInFlight: input.journal.length - refused - recorded,
    repeated: callsOnce.find(input).length,
  }
}
