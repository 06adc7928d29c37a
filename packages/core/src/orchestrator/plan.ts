import type { JsonObject, OrchestrateRequest } from '@codex/protocol'
import type { NormalizedOptions } from '../task/normalize-options.ts'
import type { WorkspaceSource } from '../workspace/workspace.ts'
import type { PlannedGates } from './plan-gates.ts'

/** One step as planned: who works, with which model, pinned at submission. */
export interface PlannedStep {
  /** Unique within the run: the agent's name in kebab-case, numbered from the second on. */
  readonly id: string
  readonly agent: string
  readonly modelId: string
  readonly modelReason: string
  readonly fallbackModelId: string | null
  /** Digest of the agent's prompt and schemas at submission. */
  readonly agentDigest: string
}

/** Everything a node needs to execute a run, decided before it was queued. */
export interface RunPlan {
  readonly schemaVersion: 1
  /** Steps of one group don't need each other and run at the same time; groups run in order. */
  readonly groups: readonly (readonly PlannedStep[])[]
  /** Steps that a fix round runs, in order: Debug, then Code. */
  readonly fixSteps: readonly PlannedStep[]
  readonly maxFixRounds: number
  readonly source: WorkspaceSource
  /**
   * Of a run that goes on from those before it in its session: kind -> digest of the artifacts that it was given. Null
   * until it is claimed; then the source is the tree that it goes on from.
   */
  readonly session?: { readonly given: Readonly<Record<string, string>> | null }
  readonly context: JsonObject
  readonly options: NormalizedOptions
  readonly testing: {
    /** Agent that writes the tests; null when nobody is asked to. */
    readonly writer: string | null
    readonly framework: string | null
    readonly coverageGoal: Readonly<Record<string, number>> | null
  }
  readonly gates: Omit<PlannedGates, 'coverageGoal'>
  /** What the Reviewer's analyzers do; scope null: changed lines where anything changed. */
  readonly analysis: { readonly mode: 'fast' | 'deep' | 'off'; readonly scope: 'changes' | 'all' | null }
  /** Group after which tests are executed; null when the run changes no files or verification was declined. */
  readonly verifyAfterGroup: number | null
  /** Whether success needs a passed verification. */
  readonly verificationRequired: boolean
  readonly budget: NonNullable<OrchestrateRequest['budget']> | null
  readonly timeoutMs: number
  /** A step in which nothing happens for so long is ended; 0 or absent (runs of an earlier version): never. */
  readonly stallTimeoutMs?: number
  readonly warnings: readonly string[]
}
