import type {
  BudgetLimits,
  DsseEnvelope,
  EvidenceCheck,
  EvidenceKey,
  ForkInput,
  ListRunsInput,
  OrchestrateInput,
  Run,
  RunEvent,
  RunPage,
  Session,
  Stats,
} from '@codex/sdk'

/** What a refusal looks like to a caller, however it came. */
export interface Refusal {
  readonly code: string
  readonly status: number
  readonly retryable: boolean
  readonly message: string
  /** Paths in the transport's own spelling. */
  readonly issues: readonly { readonly path: string; readonly message: string }[]
  readonly retryAfterS: number | null
}

/** One way to talk to the service. Scenarios are written once and run over each. */
export interface Transport {
  readonly name: 'sdk' | 'rest'
  /** Waits for the end, or until the run waits for somebody. */
  orchestrate(input: OrchestrateInput, options?: { readonly idempotencyKey?: string }): Promise<Run>
  /** Returns at once. */
  start(input: OrchestrateInput, options?: { readonly idempotencyKey?: string }): Promise<string>
  get(requestId: string): Promise<Run>
  /** The same for a run that was started before. */
  result(requestId: string): Promise<Run>
  events(requestId: string, after?: number): AsyncIterable<RunEvent>
  cancel(requestId: string): Promise<Run>
  /** Queues a run that waits once more. */
  resume(requestId: string, budget?: BudgetLimits): Promise<Run>
  /** Goes on with a failed or cancelled run as a new one, and answers its id at once. */
  retry(requestId: string, options?: { readonly idempotencyKey?: string }): Promise<string>
  /** Does a run differently from a step on as a new one, and answers its id at once. */
  fork(
    requestId: string,
    fromStep: string,
    overrides?: ForkInput,
    options?: { readonly idempotencyKey?: string },
  ): Promise<string>
  patch(requestId: string): Promise<string>
  /** The signed statement about a run. */
  evidence(requestId: string): Promise<DsseEnvelope>
  /** What the server says of it. */
  checkEvidence(requestId: string): Promise<EvidenceCheck>
  evidenceKeys(): Promise<EvidenceKey[]>
  list(query: ListRunsInput): Promise<RunPage>
  createSession(title: string): Promise<Session>
  stats(): Promise<Stats>
  /** Sends something that will be refused and tells how. @throws Error when it was not refused */
  refusal(call: (transport: Transport) => Promise<unknown>): Promise<Refusal>
}
