import {
  type AnyArtifact,
  ARTIFACT_SCHEMAS,
  type ArtifactKind,
  type Artifacts,
  NO_USAGE,
  TERMINAL_STATUSES,
  type Usage,
  type Verification,
} from '@codex/protocol'
import type { Pool } from 'pg'
import { type BudgetGate, createBudgetGate } from '../budget/budget-gate.ts'
import type { KeyBudgetSettings } from '../budget/key-budget.ts'
import type { ClaimedRun } from '../store/claim-run.ts'
import type { EvidenceRow } from '../store/evidence.ts'
import type { CallRow, NewEvent, RunWrite, SettlementRow, StepRow } from '../store/record-run.ts'
import { createStorageMeter, isTooLarge } from '../store/storage-meter.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { PlannedStep } from './plan.ts'
import { createRunPacks, type RunPacks } from './run-packs.ts'
import { createRunWriter, type RunChange } from './run-writer.ts'
import { sharedBudgetsOf } from './shared-budgets.ts'
import { sumSpending } from './spending.ts'
import { writeRun } from './write-run.ts'

/** A run while this node executes it: what is known of it, and the only way to write it. */
export interface ActiveRun {
  readonly claimed: ClaimedRun
  readonly workspace: Workspace
  readonly baseTree: string
  /** Tree after the last group that changed files. */
  headTree: string
  readonly signal: AbortSignal
  /** False when others may take this node for dead: nothing that costs may be begun then. Asks nobody. */
  readonly isLeased: () => boolean
  readonly steps: Map<string, StepRow>
  /** Newest artifact of each kind, as far as the run has come (again). */
  readonly artifacts: Artifacts
  /** Newest artifacts of the runs before it in its session: agents may build on them, and no gate looks at them. */
  readonly given: Readonly<Artifacts>
  /** Contents of every artifact of the run by digest. */
  readonly stored: ReadonlyMap<string, unknown>
  readonly warnings: string[]
  verification: Verification | null
  /** Files that fix rounds changed, each with the reason that the agent gave; empty where it gave none. */
  readonly fixEdits: Map<string, string>
  /** Finished calls by `stepId/attempt/n`. */
  readonly ledger: Map<string, CallRow>
  /** Objects of the trees that it reaches, for other nodes. */
  readonly packs: RunPacks
  /** Dependencies were installed in a worktree that is gone: they have to be there before a command is executed. */
  lacksDependencies: boolean
  /** What every call that costs money has to pass. */
  readonly budget: BudgetGate
  /** Writes state and events in one transaction. @throws RunInterruption when the run is no longer ours or the database is away */
  write(change: RunChange): Promise<void>
  /** Like {@link write} without waiting: it goes with what comes next into one commit. */
  record(change: RunChange): void
  /** Like {@link write}, for the end: only if everything before it is stored. @throws like {@link write} */
  conclude(change: RunChange): Promise<void>
  /** Waits until everything that was recorded is durable. @throws like {@link write} */
  settle(): Promise<void>
  /** Waits until every finished call is durable; to be awaited before anything that costs. @throws like {@link write} */
  settlePaid(): Promise<void>
  /** Keeps an event for the next write. */
  note(event: NewEvent): void
  warn(message: string, stepId?: string): void
}

/** Signs what a run ends with, for the write that ends it; null when that cannot be done. */
export type SealRun = (run: ActiveRun, write: Pick<RunWrite, 'run' | 'steps'>) => EvidenceRow | null

export interface ActiveRunState {
  readonly claimed: ClaimedRun
  readonly workspace: Workspace
  readonly baseTree: string
  readonly signal: AbortSignal
  readonly given?: Readonly<Artifacts>
  readonly steps: readonly StepRow[]
  readonly calls: readonly CallRow[]
  readonly artifacts: ReadonlyMap<string, unknown>
  /** Trees whose objects are stored already, in order. */
  readonly packs: readonly { readonly tree: string; readonly n: number }[]
  /** Messages that were told of already. */
  readonly warnings: readonly string[]
  /** Limits that were warned of already. */
  readonly budgetWarnings?: readonly string[]
  /** What every API key may use; null: keys are not limited. */
  readonly keyBudget?: KeyBudgetSettings | null
  readonly seal?: SealRun | undefined
  /** What may be stored for a run; absent: not limited. */
  readonly maxStoredBytes?: number | undefined
  readonly isLeased?: () => boolean
  /** When this execution began, as `performance.now()` tells it; default now. */
  readonly begunAt?: number
}

/** Rebuilds what is known of a run from its rows. */
export function createActiveRun(pool: Pool, state: ActiveRunState): ActiveRun {
  const { claimed } = state
  const shared = sharedBudgetsOf(pool, claimed, state.keyBudget ?? null)
  const { begunAt = performance.now() } = state
  /** Time of this execution, for the accounts that it counts against. */
  const settleTime = (): readonly SettlementRow[] => {
    const accounts = shared.accounts(new Date()).map(({ scope, id, period }) => ({ scope, id, period }))
    const activeMs = performance.now() - begunAt
    return accounts.length === 0 ? [] : [{ stepId: '', attempt: 0, n: 0, accounts, usd: 0, tokens: 0, activeMs }]
  }
  let notes: NewEvent[] = []
  const stored = new Map(state.artifacts)
  const storage = createStorageMeter(claimed.storedBytes, state.maxStoredBytes ?? Number.POSITIVE_INFINITY)
  const writer = createRunWriter((change) =>
    writeRun(pool, { ...change, runId: claimed.id, epoch: claimed.epoch }, state.signal, storage),
  )
  /** What is known of the run changes with the change, and what was noted goes along. */
  const send = async (change: RunChange, how: 'write' | 'record' | 'conclude'): Promise<void> => {
    const noted = notes
    notes = []
    for (const step of change.steps ?? []) run.steps.set(step.id, step)
    for (const call of change.calls ?? []) run.ledger.set(ledgerKey(call), call)
    for (const { digest, content } of change.artifacts ?? []) stored.set(digest, content)
    const events = [...noted, ...change.events]
    const isEnd = change.run?.status !== undefined && TERMINAL_STATUSES.has(change.run.status)
    const evidence = isEnd ? (state.seal?.(run, change) ?? null) : null
    // any status that is written ends the execution
    const settlements = [...(change.settlements ?? []), ...(change.run?.status === undefined ? [] : settleTime())]
    await writer[how]({ ...change, settlements, events, evidence }).catch(async (error: unknown) => {
      notes = [...noted, ...notes] // nothing was committed: they still have to be told
      const paid = change.settlements ?? []
      // a call whose result is too large to keep was paid for all the same
      if (isTooLarge(error) && paid.length > 0) await writer.write({ settlements: paid, events: [] })
      throw error
    })
  }
  const run: ActiveRun = {
    claimed,
    workspace: state.workspace,
    baseTree: state.baseTree,
    headTree: state.baseTree,
    signal: state.signal,
    isLeased: state.isLeased ?? (() => true),
    steps: new Map(state.steps.map((step) => [step.id, step])),
    given: state.given ?? {},
    artifacts: {},
    stored,
    warnings: [...state.warnings],
    verification: null,
    fixEdits: new Map(),
    ledger: new Map(state.calls.map((call) => [ledgerKey(call), call])),
    packs: createRunPacks({ workspace: state.workspace, stored: state.packs, warn: (message) => run.warn(message) }),
    lacksDependencies: state.calls.some(isInstall),
    budget: createBudgetGate({
      shared,
      limits: claimed.plan.budget,
      used: sumSpending(state.calls),
      warned: state.budgetWarnings ?? [],
    }),
    write: (change) => send(change, 'write'),
    record(change) {
      void send(change, 'record').catch(() => {}) // told by the next settle
    },
    conclude: (change) => send(change, 'conclude'),
    settle: () => writer.settle(),
    settlePaid: () => writer.settlePaid(),
    note(event) {
      notes.push(event)
    },
    warn(message, stepId) {
      if (run.warnings.includes(message)) return
      run.warnings.push(message)
      notes.push({ type: 'warning.raised', data: { message }, ...(stepId === undefined ? {} : { stepId }) })
    },
  }
  return run
}

/**
 * Makes the artifacts of a step that was completed before an interruption the newest of their kinds. Done when the run
 * comes by the step again, so that a step which is repeated sees what it saw the first time, and not what came later.
 */
export function adoptArtifacts(run: ActiveRun, step: StepRow): void {
  for (const [kind, digest] of Object.entries(step.artifacts)) {
    setArtifact(run, kind as ArtifactKind, run.stored.get(digest) as AnyArtifact) // written by this service
  }
}

/**
 * Makes an artifact the newest of its kind. Its keys take the schema's order: jsonb keeps none, and a prompt that is
 * made again after a crash has to be the same text.
 */
export function setArtifact(run: Pick<ActiveRun, 'artifacts'>, kind: ArtifactKind, content: AnyArtifact): void {
  Object.assign(run.artifacts, { [kind]: ARTIFACT_SCHEMAS[kind].parse(content) })
}

function isInstall({ kind, result }: CallRow): boolean {
  return kind === 'command' && (result as { purpose?: string } | null)?.purpose === 'install' // recorded by this service
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
