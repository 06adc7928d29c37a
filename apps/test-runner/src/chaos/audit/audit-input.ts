import type { ReceivedWebhook } from '../model/chaos-receiver.ts'
import type { ModelRequestRecord } from '../model/journal.ts'
import type { DrivenRun } from '../workload/drive-run.ts'

/** Everything that the audit looks at: plain data, so that each check can be tried on a broken one. */
export interface AuditInput {
  readonly driven: readonly DrivenRun[]
  readonly runs: readonly AuditedRun[]
  readonly steps: readonly AuditedStep[]
  readonly events: readonly AuditedEvent[]
  readonly calls: readonly AuditedCall[]
  /** Runs that a fault asked to cancel, besides those that their own clients did. */
  readonly cancelAsked: readonly string[]
  /** Rows of the engine, by run. */
  readonly engine: readonly { readonly runId: string; readonly status: string }[]
  readonly reservations: readonly { readonly runId: string }[]
  readonly journal: readonly ModelRequestRecord[]
  /** What webhooks have to be told, by the database. */
  readonly deliveries: readonly AuditedDelivery[]
  /** What they were told. */
  readonly messages: readonly ReceivedWebhook[]
  /** Status of each run as each node tells it. */
  readonly views: readonly { readonly node: string; readonly statuses: ReadonlyMap<string, string> }[]
  readonly evidence: readonly { readonly runId: string; readonly problem: string | null }[]
  /** Folders of runs that nobody needs and that no node cleans up. */
  readonly folders: readonly { readonly node: string; readonly path: string; readonly why: string }[]
  /** Processes that should be gone. */
  readonly processes: readonly { readonly node: string; readonly pid: number; readonly command: string }[]
  /** Boundaries that no node could be killed at although it was tried. */
  readonly missedBoundaries: readonly string[]
  /** Faults that there was no time for. */
  readonly faultsLeft: number
  /** Nodes that ended although nobody ended them, or that did not end in peace. */
  readonly crashes: readonly { readonly node: string; readonly why: string }[]
}

export interface AuditedRun {
  readonly id: string
  /** Key of the workload's run. */
  readonly key: string | null
  readonly status: string
  /** What a waiting run waits for. */
  readonly waitingFor: string | null
  readonly epoch: number
  readonly lastSeq: number
  readonly patch: string
  readonly error: string | null
  /** Whether it was asked for with a webhook. */
  readonly isTold: boolean
}

export interface AuditedDelivery {
  /** Of the message. */
  readonly id: string
  readonly runId: string
  /** Of the event that it tells of. */
  readonly seq: number
  readonly status: string
}

export interface AuditedStep {
  readonly runId: string
  readonly id: string
  readonly status: string
  readonly totalTokens: number
}

export interface AuditedEvent {
  readonly runId: string
  readonly seq: number
  readonly type: string
  readonly stepId: string | null
  readonly attempt: number | null
  /** Milliseconds since 1970. */
  readonly at: number
  readonly data: EventDetails
}

/** What the audit reads of an event; the whole of it is kept for those who look for a cause. */
export interface EventDetails {
  /** Of an artifact. */
  readonly kind?: string
  /** Of a commit. */
  readonly tree?: string
  /** Of a run that goes on from another one. */
  readonly origin?: { readonly reusedSteps: readonly string[] }
  readonly [name: string]: unknown
}

export interface AuditedCall {
  readonly runId: string
  readonly stepId: string
  readonly attempt: number
  readonly n: number
  readonly kind: string
  /** Milliseconds since 1970. */
  readonly recordedAt: number
  /** Tokens of a model call's reply. */
  readonly totalTokens: number
  /** A model call's output tokens: the reply's number in the model server's journal. */
  readonly outputTokens: number
}

export const TERMINAL: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled'])
export const TERMINAL_EVENTS: ReadonlySet<string> = new Set(['run.completed', 'run.failed', 'run.cancelled'])

/** Names of the steps, with their runs, that came from another run and were not executed. */
export function stepsTakenOver(events: readonly AuditedEvent[]): ReadonlySet<string> {
  return new Set(
    events.flatMap(({ runId, data }) => (data.origin?.reusedSteps ?? []).map((stepId) => `${runId}/${stepId}`)),
  )
}

/** Groups rows, in their order. */
export function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group === undefined) groups.set(keyOf(row), [row])
    else group.push(row)
  }
  return groups
}
