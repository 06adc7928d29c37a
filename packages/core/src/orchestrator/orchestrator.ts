import type { Readable } from 'node:stream'
import type {
  AgentInfo,
  CreateSessionInput,
  DoctorReport,
  DsseEnvelope,
  EvidenceCheck,
  EvidenceKey,
  ForkRunInput,
  Health,
  KeyBudget,
  ListRunsInput,
  ListSessionRunsInput,
  ModelInfo,
  NodeInfo,
  OrchestrateRequest,
  ResumeRunInput,
  Run,
  RunEvent,
  RunPage,
  Session,
  SessionDetails,
  Stats,
  UpdateSessionInput,
  WebhookDelivery,
  WorkflowInfo,
} from '@codex/protocol'
import type { Schedules } from './schedules.ts'
import type { SubmitOptions, SubmitResult } from './submission.ts'

/** The facade over everything that runs: what a transport may ask of the house. */
export interface Orchestrator {
  /**
   * Plans and stores a run and queues it; returns as soon as it is durable.
   * @throws CodexError INVALID_REQUEST, UNKNOWN_AGENT, UNSATISFIABLE_SEQUENCE, IDEMPOTENCY_MISMATCH, QUEUE_FULL, NOT_FOUND
   *   (session), UNAVAILABLE (shutting down)
   */
  submit(request: OrchestrateRequest, options?: SubmitOptions): Promise<SubmitResult>
  /** @throws CodexError NOT_FOUND */
  get(requestId: string): Promise<Run>
  /** @throws CodexError INVALID_REQUEST for a cursor that this service did not make */
  list(input: ListRunsInput): Promise<RunPage>
  /**
   * Waits until a run ends or begins to wait for somebody, since nothing happens by itself from then on; answers its
   * state after `timeoutMs` at the latest.
   */
  wait(requestId: string, options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<Run>
  /** One page of stored events after a sequence number, oldest first. */
  events(
    requestId: string,
    options?: { readonly after?: number; readonly limit?: number },
  ): Promise<readonly RunEvent[]>
  /** Events after a sequence number as they come, without gap or repeat; ends after the terminal event. */
  watch(
    requestId: string,
    options?: { readonly after?: number; readonly signal?: AbortSignal },
  ): AsyncIterable<RunEvent>
  /** Cancels a run and returns once its processes are dead; a run that has ended stays as it is. */
  cancel(requestId: string, reason?: string): Promise<Run>
  /**
   * Queues a run that waits once more, with its own limits raised where they are given; it goes on from its ledger.
   * @throws CodexError NOT_FOUND; CONFLICT when it does not wait, or when a limit would stop it again at once
   */
  resume(input: ResumeRunInput): Promise<Run>
  /**
   * Makes a new run that goes on from the first step which a failed or cancelled one did not complete; what was finished
   * is taken over and not paid again. A run that nobody executes although it goes on is freed in place.
   * @throws CodexError NOT_FOUND, CONFLICT, IDEMPOTENCY_MISMATCH, QUEUE_FULL, UNAVAILABLE
   */
  retry(requestId: string, options?: SubmitOptions): Promise<SubmitResult>
  /**
   * Makes a new run that takes everything before a step over from another one and does the rest as the overrides say.
   * @throws CodexError NOT_FOUND, INVALID_REQUEST (unknown step: `data.known`), CONFLICT, and as `submit`
   */
  fork(input: Omit<ForkRunInput, 'idempotencyKey'>, options?: SubmitOptions): Promise<SubmitResult>
  /** Unified diff of what the run changed; empty when it changed nothing. */
  patch(requestId: string): Promise<string>
  /** A file of the run's head tree. @throws CodexError NOT_FOUND */
  file(requestId: string, path: string): Promise<string>
  /** The signed statement about a run that has ended. @throws CodexError NOT_FOUND, CONFLICT while the run goes on */
  evidence(requestId: string): Promise<DsseEnvelope>
  /** Holds the signed statement against what is stored and served now. @throws as `evidence` */
  checkEvidence(requestId: string): Promise<EvidenceCheck>
  /** Public keys that statements were signed with at any time, newest first. */
  evidenceKeys(): Promise<EvidenceKey[]>
  /** What was and will be told to the run's webhook, in the order of its events. @throws CodexError NOT_FOUND */
  webhooks(requestId: string): Promise<readonly WebhookDelivery[]>
  /** Tells the run's webhook once more, now, with the same message id. @throws CodexError NOT_FOUND */
  redeliverWebhook(requestId: string, deliveryId: string): Promise<WebhookDelivery>

  /**
   * A run that has ended as one file (gzip), with everything that is needed to read and check it elsewhere.
   * @throws CodexError NOT_FOUND, CONFLICT while it goes on
   */
  exportRun(requestId: string): Promise<Readable>
  /**
   * Takes in a run that was exported, as one that has ended and is never executed here.
   * @param trustKey id of a key that is not known here and shall be trusted from now on
   * @returns the run's id
   * @throws CodexError INVALID_REQUEST, PAYLOAD_TOO_LARGE, FORBIDDEN (signed with an unknown key), CONFLICT (it is here)
   */
  importRun(file: Readable, options?: { readonly trustKey?: string | undefined }): Promise<string>
  /**
   * Removes a run that has ended, with its files and its evidence.
   * @throws CodexError NOT_FOUND, CONFLICT while it goes on or a going run needs it
   */
  remove(requestId: string): Promise<void>
  readonly schedules: Omit<Schedules, 'tick'>

  agents(): readonly AgentInfo[]
  workflows(): readonly WorkflowInfo[]
  models(): readonly ModelInfo[]
  stats(): Promise<Stats>
  /** Looks at database, engine, sandbox and models. */
  health(): Promise<Health>
  /** Every process whose lease holds, the oldest first. */
  nodes(): Promise<readonly NodeInfo[]>
  /** Looks for what keeps the service, or runs in it, from going on: what is stuck, why, and what frees it. */
  doctor(): Promise<DoctorReport>

  /** What the key of a caller may use, and what it used. @param principal null: a caller without a key */
  keyBudget(principal: string | null): Promise<KeyBudget>
  createSession(input: CreateSessionInput): Promise<Session>
  /** A session with the first page of its runs. @throws CodexError NOT_FOUND */
  getSession(id: string): Promise<SessionDetails>
  /** One page of a session's runs, oldest first. @throws CodexError NOT_FOUND, INVALID_REQUEST for a foreign cursor */
  sessionRuns(input: ListSessionRunsInput): Promise<RunPage>
  /** Changes what is given. @throws CodexError NOT_FOUND, CONFLICT for an archived session */
  updateSession(input: UpdateSessionInput): Promise<Session>
  listSessions(input: { readonly limit?: number | undefined }): Promise<readonly Session[]>
  archiveSession(id: string): Promise<Session>
}
