import type { BudgetLimits, DsseEnvelope, Run, RunEvent, WebhookDelivery } from '@codex/protocol'
import type { CallOptions, StartOptions, WatchOptions } from './call-options.ts'
import type { ForkInput } from './fork-input.ts'

/** What changes about a run that is resumed. */
export interface ResumeChanges {
  /** These replace the run's own limits; the others stay. */
  readonly budget?: BudgetLimits | undefined
}

/** A run that was started, or found again by its id. */
export interface RunHandle {
  readonly requestId: string
  /**
   * The run's events in order, each exactly once, from the start or after a `seq`; ends after the terminal event.
   * A lost connection, also to a service that restarts, is taken up again for `reconnectForMs`; leaving the loop
   * closes the connection and leaves the run alone.
   */
  events(options?: WatchOptions): AsyncIterable<RunEvent>
  /**
   * Waits for the end of the run. A run that failed or was cancelled resolves as well, and so does one that waits for
   * somebody, since nothing happens by itself then: look at `status`, `waiting`, `error` and `metadata.success`.
   * @throws CodexError UNAVAILABLE when the service stayed out of reach for `reconnectForMs`
   */
  result(options?: CallOptions): Promise<Run>
  /** Cancels the run; resolves when its processes are dead. One that has ended stays as it is. */
  cancel(reason?: string, options?: CallOptions): Promise<Run>
  /**
   * Queues a run that waits once more; it goes on where it stopped, and no finished call is repeated. Not repeated when
   * the connection is lost: the run may go on already.
   * @throws CodexError CONFLICT when the run does not wait, or when a limit would stop it again at once (`data` holds
   *   scope, kind, used and limit)
   */
  resume(changes?: ResumeChanges, options?: CallOptions): Promise<Run>
  /**
   * Goes on with a run that failed or was cancelled, as a new run: from the first step that did not complete, with what
   * was finished taken over and not paid again. Repeated safely under its idempotency key.
   * @throws CodexError CONFLICT when the run completed (fork it) or goes on
   */
  retry(options?: StartOptions): Promise<RunHandle>
  /**
   * Does the run differently from a step on, as a new run that takes the steps before over; the run may still go on.
   * @param fromStep id of a step of the run, such as "code", "reviewer", "code.fix1" or "verify"
   * @throws CodexError INVALID_REQUEST for a step that it does not have (`data.known`), CONFLICT for one that it has not
   *   come to
   */
  fork(fromStep: string, overrides?: ForkInput, options?: StartOptions): Promise<RunHandle>
  /** Unified diff of what the run changed; empty when it changed nothing. */
  patch(options?: CallOptions): Promise<string>
  /**
   * The signed statement about the run, for `verifyEvidence`: an in-toto statement in a DSSE envelope.
   * @throws CodexError CONFLICT while the run goes on
   */
  evidence(options?: CallOptions): Promise<DsseEnvelope>
  /** What was and will be told to the run's webhook, with tries and the last error; empty without a webhook. */
  webhooks(options?: CallOptions): Promise<WebhookDelivery[]>
}
