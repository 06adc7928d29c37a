import type {
  AgentInfo,
  CreateScheduleInput,
  CreateSessionInput,
  DoctorReport,
  DsseEnvelope,
  EvidenceCheck,
  EvidenceKey,
  Health,
  KeyBudget,
  ListRunsInput,
  ListSessionRunsInput,
  ModelInfo,
  NodeInfo,
  Run,
  RunEvent,
  RunPage,
  Schedule,
  Session,
  SessionDetails,
  Stats,
  UpdateSessionInput,
  WebhookDelivery,
  WorkflowInfo,
} from '@codex/protocol'
import type { CallOptions, StartOptions, WatchOptions } from './call-options.ts'
import type { ForkInput } from './fork-input.ts'
import type { OrchestrateInput } from './orchestrate-input.ts'
import type { ResumeChanges, RunHandle } from './run-handle.ts'
import type { RunFile } from './transfer-run.ts'

/**
 * The service, typed. Every call throws {@link CodexError} with a code to branch on; an aborted one rejects with its
 * signal's reason.
 */
export interface Codex {
  /**
   * Starts a run and waits for its end, however long it takes and however often the connection is lost. A run that
   * failed resolves as well, and so does one that begins to wait for somebody (`status` is "waiting", as when its
   * budget is used up): look at `status`, `error` and `metadata.success`. Aborting ends the waiting only; give an
   * `idempotencyKey` to find the run again, or use `runs.start` to be able to cancel it.
   * @throws CodexError INVALID_REQUEST, UNKNOWN_AGENT, UNSATISFIABLE_SEQUENCE, QUEUE_FULL and the like when the request
   *   did not become a run; UNAVAILABLE when the service stayed out of reach (`data.requestId` names the run)
   */
  orchestrate(input: OrchestrateInput, options?: StartOptions): Promise<Run>
  readonly runs: RunsClient
  readonly sessions: SessionsClient
  readonly schedules: SchedulesClient
  readonly evidence: EvidenceClient
  /** What the API key in use may spend on this service, and what it spent. */
  readonly budgets: { key(options?: CallOptions): Promise<KeyBudget> }
  readonly agents: { list(options?: CallOptions): Promise<AgentInfo[]> }
  readonly workflows: { list(options?: CallOptions): Promise<WorkflowInfo[]> }
  readonly models: { list(options?: CallOptions): Promise<ModelInfo[]> }
  /** Counts of sessions and runs, usage, cost and limits. */
  stats(options?: CallOptions): Promise<Stats>
  /** What the service says about its database, engine, sandbox and models. */
  health(options?: CallOptions): Promise<Health>
  /** Living processes of the service, the oldest first: what each executes, how much of it, and in which formats. */
  nodes(options?: CallOptions): Promise<NodeInfo[]>
  /** What keeps the service, or runs in it, from going on, and what to do about it. */
  doctor(options?: CallOptions): Promise<DoctorReport>
}

/** Runs: start, find, follow, read, stop. */
export interface RunsClient {
  /** Starts a run; resolves as soon as it is durable. Repeated safely under its idempotency key. */
  start(input: OrchestrateInput, options?: StartOptions): Promise<RunHandle>
  /** A handle for a run that exists already; asks the service nothing yet. */
  handle(requestId: string): RunHandle
  /** @throws CodexError NOT_FOUND */
  get(requestId: string, options?: CallOptions): Promise<Run>
  /** One page of history, newest first; pass `nextCursor` of a page as `cursor` to get the next. */
  list(filter?: ListRunsInput, options?: CallOptions): Promise<RunPage>
  /** One page of stored events, oldest first. */
  events(requestId: string, options?: EventPageOptions): Promise<RunEvent[]>
  /** Same as {@link RunHandle.events}. */
  watch(requestId: string, options?: WatchOptions): AsyncIterable<RunEvent>
  /** Same as {@link RunHandle.cancel}. */
  cancel(requestId: string, reason?: string, options?: CallOptions): Promise<Run>
  /** Same as {@link RunHandle.resume}. */
  resume(requestId: string, changes?: ResumeChanges, options?: CallOptions): Promise<Run>
  /** Same as {@link RunHandle.retry}. */
  retry(requestId: string, options?: StartOptions): Promise<RunHandle>
  /** Same as {@link RunHandle.fork}. */
  fork(requestId: string, fromStep: string, overrides?: ForkInput, options?: StartOptions): Promise<RunHandle>
  /** Same as {@link RunHandle.patch}. */
  patch(requestId: string, options?: CallOptions): Promise<string>
  /** Content of one file as the run left it. @throws CodexError NOT_FOUND */
  file(requestId: string, path: string, options?: CallOptions): Promise<string>
  /** A run that has ended as one file (gzip), to be kept or taken in elsewhere. @throws CodexError NOT_FOUND, CONFLICT */
  export(requestId: string, options?: CallOptions): Promise<Blob>
  /**
   * Takes in a run that was exported, as one that has ended. Not repeated when the connection is lost.
   * @param options `trustKey`: id of a signing key that the service does not know and shall trust from now on
   * @returns the run's id
   * @throws CodexError INVALID_REQUEST, PAYLOAD_TOO_LARGE, FORBIDDEN (signed with an unknown key), CONFLICT (it is there)
   */
  import(file: RunFile, options?: CallOptions & { readonly trustKey?: string | undefined }): Promise<string>
  /** Removes a run that has ended, with its files and its evidence. @throws CodexError NOT_FOUND, CONFLICT */
  remove(requestId: string, options?: CallOptions): Promise<void>
  /** Same as {@link RunHandle.evidence}. */
  evidence(requestId: string, options?: CallOptions): Promise<DsseEnvelope>
  /** Same as {@link RunHandle.webhooks}. */
  webhooks(requestId: string, options?: CallOptions): Promise<WebhookDelivery[]>
  /** Tells a run's webhook once more, now, with the same message id. @throws CodexError NOT_FOUND */
  redeliverWebhook(requestId: string, deliveryId: string, options?: CallOptions): Promise<WebhookDelivery>
}

/** What belongs to signed statements; the statement of a run itself comes from {@link RunHandle.evidence}. */
export interface EvidenceClient {
  /**
   * Public keys that the service signed with at any time, newest first. Who asks the service for its keys each time
   * believes it each time: keep the keys, or their ids, once you trust them.
   */
  keys(options?: CallOptions): Promise<EvidenceKey[]>
  /**
   * Asks the service to hold a run's statement against what it would serve now.
   * @throws CodexError NOT_FOUND, CONFLICT while the run goes on
   */
  check(requestId: string, options?: CallOptions): Promise<EvidenceCheck>
}

/** Options of a page of events. */
export interface EventPageOptions extends WatchOptions {
  /** At most so many events. */
  readonly limit?: number | undefined
}

/** Sessions: lines of work with shared context. */
export interface SessionsClient {
  /** Not repeated when the connection is lost: the service may have created it. */
  create(input?: CreateSessionInput, options?: CallOptions): Promise<Session>
  /** A session with the first page of its runs, oldest first. @throws CodexError NOT_FOUND */
  get(id: string, options?: CallOptions): Promise<SessionDetails>
  /** One page of the runs, oldest first; pass `nextCursor` of a page as `cursor`. @throws CodexError NOT_FOUND */
  runs(id: string, page?: Omit<ListSessionRunsInput, 'id'>, options?: CallOptions): Promise<RunPage>
  /** Changes what is given; null takes a value away. @throws CodexError NOT_FOUND, CONFLICT once it is archived */
  update(id: string, changes: Omit<UpdateSessionInput, 'id'>, options?: CallOptions): Promise<Session>
  list(input?: { readonly limit?: number | undefined }, options?: CallOptions): Promise<Session[]>
  /** Archives a session; its runs stay readable. */
  archive(id: string, options?: CallOptions): Promise<Session>
}

/** Schedules: requests that are submitted again and again by the clock. */
export interface SchedulesClient {
  /**
   * Not repeated when the connection is lost: the service may have created it.
   * @throws CodexError INVALID_REQUEST for a cron expression, time zone or request that cannot be used
   */
  create(input: CreateScheduleInput, options?: CallOptions): Promise<Schedule>
  /** @throws CodexError NOT_FOUND */
  get(id: string, options?: CallOptions): Promise<Schedule>
  /** Newest first. */
  list(options?: CallOptions): Promise<Schedule[]>
  pause(id: string, options?: CallOptions): Promise<Schedule>
  resume(id: string, options?: CallOptions): Promise<Schedule>
  /** Its runs stay. */
  remove(id: string, options?: CallOptions): Promise<void>
  /** Submits its request now, also while it is paused. Not repeated when the connection is lost. */
  trigger(id: string, options?: CallOptions): Promise<RunHandle>
}
