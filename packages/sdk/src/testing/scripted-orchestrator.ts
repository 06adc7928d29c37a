import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Context } from '@codex/api'
import {
  CodexError,
  type CreateSessionInput,
  NO_USAGE,
  type NodeInfo,
  type ResumeRunInput,
  type Run,
  type RunEvent,
  type RunStatus,
  type Session,
  TERMINAL_EVENTS,
  TERMINAL_STATUSES,
  type UpdateSessionInput,
  type WebhookDelivery,
} from '@codex/protocol'
import { createScriptedSchedules } from './scripted-schedules.ts'
import { createSigner } from './sign-run.ts'

type Orchestrator = Context['orchestrator']
type EventBody = RunEvent extends infer Event ? (Event extends RunEvent ? Pick<Event, 'type' | 'data'> : never) : never

const DELIVERY: WebhookDelivery = {
  id: 'msg_1',
  type: 'run.completed',
  seq: 2,
  url: 'https://receiver.example/hook',
  status: 'failed',
  tries: 3,
  lastError: 'the receiver answered 500',
  createdAt: new Date(0),
  endedAt: new Date(1),
}

const NODE: NodeInfo = {
  id: 'node-1',
  role: 'worker',
  version: '0.0.0',
  formats: ['1'],
  host: 'here',
  pid: 7,
  startedAt: new Date(0),
  maxConcurrentRuns: 10,
  executing: 2,
}

/** Status of a run whose last event this is; any other: it is running. */
const STATUS_AFTER: Readonly<Record<string, RunStatus>> = {
  'run.completed': 'completed',
  'run.cancelled': 'cancelled',
  'run.waiting': 'waiting',
}

interface ScriptedRun {
  readonly requestId: string
  readonly prompt: string
  readonly events: RunEvent[]
}

/** The facade with runs that go on when the test says so; it outlives the servers in front of it, as a database would. */
export class ScriptedOrchestrator implements Orchestrator {
  readonly runs = new Map<string, ScriptedRun>()
  /** Every submission as it arrived, repetitions included. */
  readonly submissions: { readonly prompt: string; readonly key: string | undefined }[] = []
  /** How many watchers are reading now. */
  watchers = 0
  readonly signer = createSigner()
  readonly #keys = new Map<string, string>()
  readonly #listeners = new Set<() => void>()

  /** Adds events to a run. */
  emit(requestId: string, ...bodies: EventBody[]): void {
    const run = this.#find(requestId)
    for (const body of bodies) {
      run.events.push({ ...body, seq: run.events.length + 1, ts: new Date(), runId: requestId } as RunEvent) // type and data belong together in EventBody
    }
    this.#notify()
  }

  /** Resolves when the condition holds; looked at whenever something changed. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.#change()
  }

  async submit(request: { readonly prompt: string }, options: { readonly idempotencyKey?: string | undefined } = {}) {
    const key = options.idempotencyKey
    this.submissions.push({ prompt: request.prompt, key })
    if (request.prompt === 'refuse') {
      throw new CodexError('QUEUE_FULL', 'the queue is full', { retryAfterS: 3_600, data: { limit: 10 } })
    }
    if (request.prompt === 'wait a moment' && this.submissions.length === 1) {
      throw new CodexError('QUEUE_FULL', 'the queue is full', { retryAfterS: 0 })
    }
    const known = key === undefined ? undefined : this.#keys.get(key)
    if (known !== undefined) return { requestId: known, created: false }
    const requestId = randomUUID()
    if (key !== undefined) this.#keys.set(key, requestId)
    this.runs.set(requestId, { requestId, prompt: request.prompt, events: [] })
    this.emit(requestId, { type: 'run.queued', data: { agentSequence: ['Spec'] } })
    return { requestId, created: true }
  }

  async get(requestId: string): Promise<Run> {
    const { events } = this.#find(requestId)
    const last = events.at(-1)
    const status = STATUS_AFTER[last?.type ?? ''] ?? 'running'
    return {
      requestId,
      status,
      result: { output: null, patch: '', verification: null, steps: [] },
      metadata: {
        startTime: new Date(0),
        endTime: null,
        durationMs: 0,
        agentSequence: ['Spec'],
        success: status === 'completed',
        successRate: 100,
        usage: NO_USAGE,
        costUsd: null,
        warnings: [],
        sessionId: null,
        workflow: null,
        verified: false,
        labels: {},
      },
    }
  }

  async *watch(
    requestId: string,
    options: { readonly after?: number; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<RunEvent, void, undefined> {
    const run = this.#find(requestId)
    const onAbort = () => this.#notify()
    options.signal?.addEventListener('abort', onAbort)
    this.watchers += 1
    this.#notify()
    try {
      for (let next = options.after ?? 0; ; ) {
        const event = run.events[next]
        if (options.signal?.aborted) return
        if (event === undefined && TERMINAL_EVENTS.has(run.events.at(-1)?.type ?? 'run.queued')) return
        if (event === undefined) {
          await this.#change()
          continue
        }
        next += 1
        yield event
      }
    } finally {
      options.signal?.removeEventListener('abort', onAbort)
      this.watchers -= 1
      this.#notify()
    }
  }

  async cancel(requestId: string, reason = 'asked to'): Promise<Run> {
    this.emit(requestId, { type: 'run.cancelled', data: { reason } })
    return this.get(requestId)
  }

  async resume({ requestId }: ResumeRunInput): Promise<Run> {
    const { status } = await this.get(requestId)
    if (status !== 'waiting') throw new CodexError('CONFLICT', `the run is ${status}`)
    this.emit(requestId, { type: 'run.resumed', data: { reason: 'budget' } })
    return this.get(requestId)
  }

  async retry(requestId: string, options: { readonly idempotencyKey?: string | undefined } = {}) {
    return await this.submit({ prompt: `retry of ${this.#find(requestId).prompt}` }, options)
  }

  async fork(
    input: { readonly requestId: string; readonly fromStep: string },
    options: { readonly idempotencyKey?: string | undefined } = {},
  ) {
    return await this.submit(
      { prompt: `fork of ${this.#find(input.requestId).prompt} from ${input.fromStep}` },
      options,
    )
  }

  readonly schedules = createScriptedSchedules((prompt) => this.submit({ prompt }))

  async events(requestId: string, options: { readonly after?: number; readonly limit?: number } = {}) {
    const after = options.after ?? 0
    return this.#find(requestId).events.slice(after, after + (options.limit ?? 1_000))
  }

  async wait(requestId: string): Promise<Run> {
    return this.get(requestId)
  }

  async list() {
    return { runs: [], nextCursor: null }
  }

  async patch(requestId: string): Promise<string> {
    return `patch of ${this.#find(requestId).prompt}`
  }

  async file(_requestId: string, path: string): Promise<string> {
    return `content of ${path}`
  }

  async exportRun(requestId: string): Promise<Readable> {
    return Readable.from([`file of ${this.#find(requestId).prompt}`])
  }

  async importRun(_file: Readable): Promise<string> {
    return randomUUID()
  }

  async remove(requestId: string): Promise<void> {
    this.#find(requestId)
    this.runs.delete(requestId)
  }

  async evidence(requestId: string) {
    const run = await this.get(requestId)
    if (TERMINAL_STATUSES.has(run.status)) return this.signer.sign(run)
    throw new CodexError('CONFLICT', `run ${requestId} is ${run.status}`)
  }

  async checkEvidence(requestId: string) {
    await this.evidence(requestId)
    return { verified: true, keyId: this.signer.key.keyId, sealed: 'at_end' as const, problems: [] }
  }

  async evidenceKeys() {
    return [this.signer.key]
  }

  async webhooks(requestId: string) {
    this.#find(requestId)
    return [DELIVERY]
  }

  async redeliverWebhook(requestId: string, deliveryId: string) {
    this.#find(requestId)
    return { ...DELIVERY, id: deliveryId, status: 'pending' as const, endedAt: null }
  }

  agents() {
    return []
  }

  workflows() {
    return [{ name: 'default', description: 'everything', agentSequence: ['Spec'] }]
  }

  models() {
    return []
  }

  async stats() {
    return {
      activeSessions: 0,
      running: this.runs.size,
      queued: 0,
      waiting: 0,
      totals: { completed: 0, failed: 0, cancelled: 0 },
      usage: { inputTokens: 0, outputTokens: 0, modelCalls: 0 },
      costUsd: null,
      storage: { runsBytes: 0, databaseBytes: 0 },
      limits: { maxConcurrentRequests: 1, maxQueuedRequests: 1 },
    }
  }

  async health() {
    return { status: 'ok' as const, version: '0.0.0', checks: {} }
  }

  async nodes() {
    return [NODE]
  }

  async doctor() {
    return { healthy: true, version: '0.0.0', checks: {}, nodes: [NODE], stuckRuns: [], stuckTotal: 0 }
  }

  async createSession(input: CreateSessionInput): Promise<Session> {
    return { ...newSession(randomUUID()), title: input.title ?? null }
  }

  async getSession(id: string) {
    return { ...newSession(id), history: await this.sessionRuns() }
  }

  async sessionRuns() {
    return { runs: [], nextCursor: null }
  }

  async updateSession({ id, title }: UpdateSessionInput): Promise<Session> {
    return { ...newSession(id), title: title ?? null }
  }

  async keyBudget(key: string | null) {
    return { key, budget: null, period: null, periodEndsAt: null }
  }

  async listSessions() {
    return []
  }

  async archiveSession(id: string) {
    return { ...newSession(id), archivedAt: new Date(1) }
  }

  #find(requestId: string): ScriptedRun {
    const run = this.runs.get(requestId)
    if (run === undefined) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`)
    return run
  }

  #notify(): void {
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) listener()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#listeners.add(resolve))
  }
}

function newSession(id: string): Session {
  return {
    id,
    title: null,
    repository: null,
    context: {},
    policy: 'enqueue',
    budget: null,
    createdAt: new Date(0),
    archivedAt: null,
    runs: 0,
  }
}
