import {
  type AnyArtifact,
  type ArtifactKind,
  type Artifacts,
  NO_USAGE,
  type Usage,
  type Verification,
} from '@codex/protocol'
import type { Pool } from 'pg'
import type { ClaimedRun } from '../store/claim-run.ts'
import { type CallRow, type NewEvent, type RunWrite, recordRun, type StepRow } from '../store/record-run.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { PlannedStep } from './plan.ts'
import { RunInterruption } from './run-interruption.ts'

/** A run while this node executes it: what is known of it, and the only way to write it. */
export interface ActiveRun {
  readonly claimed: ClaimedRun
  readonly workspace: Workspace
  readonly baseTree: string
  /** Tree after the last group that changed files. */
  headTree: string
  readonly signal: AbortSignal
  readonly steps: Map<string, StepRow>
  /** Newest artifact of each kind. */
  readonly artifacts: Artifacts
  readonly warnings: string[]
  verification: Verification | null
  /** Finished calls by `stepId/attempt/n`. */
  readonly ledger: Map<string, CallRow>
  /** Writes state and events in one transaction. @throws RunInterruption when the run is no longer ours */
  write(write: Omit<RunWrite, 'runId' | 'epoch'>): Promise<void>
  /** Keeps an event for the next write. */
  note(event: NewEvent): void
  warn(message: string, stepId?: string): void
}

export interface ActiveRunState {
  readonly claimed: ClaimedRun
  readonly workspace: Workspace
  readonly baseTree: string
  readonly signal: AbortSignal
  readonly steps: readonly StepRow[]
  readonly calls: readonly CallRow[]
  readonly artifacts: ReadonlyMap<string, unknown>
}

/** Rebuilds what is known of a run from its rows. */
export function createActiveRun(pool: Pool, state: ActiveRunState): ActiveRun {
  const { claimed } = state
  let notes: NewEvent[] = []
  const run: ActiveRun = {
    claimed,
    workspace: state.workspace,
    baseTree: state.baseTree,
    headTree: state.baseTree,
    signal: state.signal,
    steps: new Map(state.steps.map((step) => [step.id, step])),
    artifacts: {},
    warnings: [...claimed.warnings],
    verification: null,
    ledger: new Map(state.calls.map((call) => [ledgerKey(call), call])),
    async write(write) {
      const noted = notes
      notes = []
      const seq = await recordRun(pool, {
        ...write,
        runId: claimed.id,
        epoch: claimed.epoch,
        events: [...noted, ...write.events],
      }).catch((error: unknown) => {
        notes = [...noted, ...notes] // nothing was committed: they still have to be told
        throw error
      })
      if (seq === null) throw new RunInterruption('superseded')
      for (const step of write.steps ?? []) run.steps.set(step.id, step)
      for (const call of write.calls ?? []) run.ledger.set(ledgerKey(call), call)
    },
    note(event) {
      notes.push(event)
    },
    warn(message, stepId) {
      if (run.warnings.includes(message)) return
      run.warnings.push(message)
      notes.push({ type: 'warning.raised', data: { message }, ...(stepId === undefined ? {} : { stepId }) })
    },
  }
  for (const step of state.steps) {
    for (const [kind, digest] of Object.entries(step.artifacts)) {
      setArtifact(run, kind as ArtifactKind, state.artifacts.get(digest) as AnyArtifact) // written by this service
    }
  }
  return run
}

/** Makes an artifact the newest of its kind. */
export function setArtifact(run: ActiveRun, kind: ArtifactKind, content: AnyArtifact): void {
  Object.assign(run.artifacts, { [kind]: content })
}

/** Where a call stands in the ledger. */
export function ledgerKey(call: Pick<CallRow, 'stepId' | 'attempt' | 'n'>): string {
  return `${call.stepId}/${call.attempt}/${call.n}`
}

/** The row of a step that has not begun. */
export function newStepRow(planned: PlannedStep, position: number): StepRow {
  return {
    id: planned.id,
    position,
    agent: planned.agent,
    status: 'pending',
    attempts: 0,
    model: planned.modelId,
    modelReason: planned.modelReason,
    startedAt: null,
    endedAt: null,
    inputTree: null,
    outputTree: null,
    usage: NO_USAGE,
    costUsd: 0,
    artifacts: {},
    error: null,
  }
}

/** Adds up usage. */
export function addUsage(left: Usage, right: Usage): Usage {
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    totalTokens: left.totalTokens + right.totalTokens,
    cachedInputTokens: left.cachedInputTokens + right.cachedInputTokens,
    modelCalls: left.modelCalls + right.modelCalls,
  }
}

/** Adds up costs; one unknown price makes the sum unknown. */
export function addCost(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : left + right
}
