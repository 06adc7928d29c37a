import { CodexError } from '@codex/protocol'
import { toJsonText } from '../store/json-text.ts'
import type { CallRow, NewEvent, PackRow, SettlementRow } from '../store/record-run.ts'
import { type ActiveRun, ledgerKey } from './active-run.ts'
import { digestOf } from './digest.ts'
import { RunInterruption } from './run-interruption.ts'

/** What executing a call gave: its result as plain JSON, the events that tell of it, and the objects of its tree. */
export interface CallOutcome<T> {
  readonly result: T
  readonly events: readonly NewEvent[]
  readonly packs?: readonly PackRow[]
  /** What it cost under limits that several runs share. */
  readonly settlements?: readonly SettlementRow[]
}

export interface CallOptions {
  /** It costs nothing and can be repeated: it need not wait until what was paid for before is durable. */
  readonly isFree?: boolean
}

/** Where a call stands in the ledger. */
export type CallPlace = Pick<CallRow, 'stepId' | 'attempt' | 'n'>

/** The calls of one attempt of a step, in order. */
export interface StepJournal {
  /**
   * Executes a call once: if the ledger has it already (the process died after it was finished), the recorded result
   * is returned and nothing is executed.
   * @param request what is asked, as JSON; must be the same at the same place in every replay
   * @throws ReplayDivergence when the ledger holds another request at this place
   */
  call<T>(
    kind: string,
    request: unknown,
    execute: (place: CallPlace) => Promise<CallOutcome<T>>,
    options?: CallOptions,
  ): Promise<{ result: T; replayed: boolean }>
}

/** The ledger has another request at this place: code or prompts changed since; the attempt has to start afresh. */
export class ReplayDivergence extends Error {
  constructor(place: string) {
    super(`the recorded call at ${place} asked something else`)
    this.name = 'ReplayDivergence'
  }
}

/** @param signal what ends the step; default the run's */
export function createStepJournal(
  run: ActiveRun,
  stepId: string,
  attempt: number,
  signal: AbortSignal = run.signal,
): StepJournal {
  let next = 0
  return {
    async call<T>(
      kind: string,
      request: unknown,
      execute: (place: CallPlace) => Promise<CallOutcome<T>>,
      { isFree = false }: CallOptions = {},
    ) {
      const place = { stepId, attempt, n: next++ }
      const requestDigest = digestOf(request)
      const recorded = run.ledger.get(ledgerKey(place))
      if (recorded !== undefined) {
        if (recorded.kind !== kind || recorded.requestDigest !== requestDigest)
          throw new ReplayDivergence(ledgerKey(place))
        return { result: recorded.result as T, replayed: true } // recorded from the same kind of call
      }
      // what was paid for before is durable before anything else is paid for
      if (!isFree) await run.settlePaid()
      throwIfAborted(signal)
      throwIfSuperseded(run)
      const outcome = await execute(place)
      // what a replay will get, also the first time: what jsonb cannot hold would make the next request another one
      const result = JSON.parse(toJsonText(outcome.result)) as T
      const { events, packs = [], settlements = [] } = outcome
      run.record({ calls: [{ ...place, kind, requestDigest, result }], events, packs, settlements })
      return { result, replayed: false }
    },
  }
}

/** Throws when another node may own the run now: a process that was frozen comes by here before its timers tell it. */
export function throwIfSuperseded(run: Pick<ActiveRun, 'isLeased'>): void {
  if (!run.isLeased()) throw new RunInterruption('superseded')
}

/** Throws the reason that a signal was aborted with. */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return
  throw signal.reason instanceof Error ? signal.reason : new CodexError('CANCELLED', 'the run was cancelled')
}
