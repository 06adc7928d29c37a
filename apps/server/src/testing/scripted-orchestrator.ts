import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'
import type { Orchestrator } from '@codex/core'
import {
  CodexError,
  type ErrorCode,
  type EventType,
  type Health,
  type ListRunsInput,
  type Run,
  type RunEvent,
  type Session,
  STATEMENT_PAYLOAD_TYPE,
  type StuckRun,
  TERMINAL_EVENTS,
  TERMINAL_STATUSES,
} from '@codex/protocol'
import { EVIDENCE_KEY as KEY } from './evidence-key.ts'
import { findSession } from './find-session.ts'
import { newDelivery } from './new-delivery.ts'
import { newRun } from './new-run.ts'
import { NODE } from './node-info.ts'
import { createScriptedSchedules } from './scripted-schedules.ts'

interface Call {
  readonly method: string
  readonly argument: unknown
}

interface ScriptedRun {
  run: Run
  readonly prompt: string
  readonly events: RunEvent[]
  readonly changed: Set<() => void>
}

/** A facade whose runs go on exactly when a test says so. It stands for the house only where HTTP is under test. */
export interface ScriptedOrchestrator extends Orchestrator {
  /** Adds an event to a run. */
  emit(requestId: string, event: Pick<RunEvent, 'type' | 'data'>): void
  /** Ends a run. */
  finish(requestId: string): void
  /** Makes a run wait for more budget. */
  pause(requestId: string): void
  /** Makes the next call of a method fail. */
  failNext(method: 'submit' | 'get' | 'stats' | 'list' | 'events' | 'health', error: unknown): void
  /** Signals and arguments of calls, for tests that ask whether something was passed on. */
  readonly calls: Call[]
  /** Resolves with the next call of a method, or one that was made since `since` (an index into `calls`). */
  nextCall(method: string, since?: number): Promise<Call>
  /** Makes the next submit fail with a code. */
  refuseNext(code: ErrorCode, retryAfterS?: number): void
  /** Number of watches that have not ended. */
  readonly watching: () => number
  /** Resolves when the next watch ends. */
  watchEnded(): Promise<void>
  /** Makes every watch fail. */
  breakWatches(error: Error): void
  /** What `health` answers. */
  checks: Health['checks']
  /** What `doctor` finds. */
  stuckRuns: StuckRun[]
}

export function createScriptedOrchestrator(): ScriptedOrchestrator {
  const runs = new Map<string, ScriptedRun>()
  const keys = new Map<string, { requestId: string; body: string }>()
  const sessions = new Map<string, Session>()
  const failures = new Map<string, unknown>()
  const calls: Call[] = []
  const callsMade = new EventEmitter()
  let watching = 0
  let broken: Error | undefined

  function called(method: string, argument: unknown): void {
    const call = { method, argument }
    calls.push(call)
    callsMade.emit(method, call)
    if (!failures.has(method)) return
    const failure = failures.get(method)
    failures.delete(method)
    throw failure
  }
  function find(requestId: string): ScriptedRun {
    const found = runs.get(requestId)
    if (found === undefined) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`)
    return found
  }
  function append(scripted: ScriptedRun, type: EventType, data: unknown): void {
    const seq = scripted.events.length + 1
    // the script names type and data, which belong together by the test's own word
    scripted.events.push({ seq, ts: new Date(), runId: scripted.run.requestId, type, data } as RunEvent)
    for (const notify of scripted.changed) notify()
  }
  async function change(scripted: ScriptedRun, signal: AbortSignal | undefined, timeoutMs?: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs)
    scripted.changed.add(resolve)
    signal?.addEventListener('abort', () => resolve())
    if (signal?.aborted === true) resolve()
    await promise
    clearTimeout(timer)
    scripted.changed.delete(resolve)
  }
  function end(scripted: ScriptedRun, status: 'completed' | 'cancelled', type: EventType, data: unknown): Run {
    if (TERMINAL_STATUSES.has(scripted.run.status)) return scripted.run
    const success = status === 'completed'
    scripted.run = {
      ...scripted.run,
      status,
      metadata: { ...scripted.run.metadata, endTime: new Date(), success, verified: success },
    }
    append(scripted, type, data)
    return scripted.run
  }

  const scripted: ScriptedOrchestrator = {
    checks: { database: { ok: true, detail: 'answers' } },
    stuckRuns: [],
    watchEnded: async () => {
      await once(callsMade, 'watch ended')
    },
    breakWatches: (error) => {
      broken = error
      for (const { changed } of runs.values()) for (const notify of changed) notify()
    },
    calls,
    watching: () => watching,
    nextCall: async (method, since = calls.length) => {
      const earlier = calls.slice(since).find((call) => call.method === method)
      if (earlier !== undefined) return earlier
      const [call] = await once(callsMade, method)
      return call
    },
    refuseNext: (code, retryAfterS) => {
      failures.set(
        'submit',
        new CodexError(code, `refused with ${code}`, retryAfterS === undefined ? {} : { retryAfterS }),
      )
    },
    failNext: (method, error) => failures.set(method, error),
    emit: (requestId, event) => append(find(requestId), event.type, event.data),
    finish: (requestId) => {
      end(find(requestId), 'completed', 'run.completed', { success: true, verified: true })
    },

    submit: async (request, options = {}) => {
      called('submit', { request, options })
      const unknown = request.agentSequence?.indexOf('nobody') ?? -1
      if (unknown >= 0) {
        throw new CodexError('UNKNOWN_AGENT', 'there is no agent "nobody"; known: Spec, Code', {
          issues: [{ path: `agentSequence.${unknown}`, message: 'unknown agent "nobody"' }],
          data: { known: ['Spec', 'Code'] },
        })
      }
      const body = JSON.stringify(request)
      const earlier = options.idempotencyKey === undefined ? undefined : keys.get(options.idempotencyKey)
      if (earlier !== undefined) {
        if (earlier.body !== body) throw new CodexError('IDEMPOTENCY_MISMATCH', 'the key was used with another body')
        return { requestId: earlier.requestId, created: false }
      }
      const requestId = randomUUID()
      const scripted: ScriptedRun = { run: newRun(requestId), prompt: request.prompt, events: [], changed: new Set() }
      runs.set(requestId, scripted)
      if (options.idempotencyKey !== undefined) keys.set(options.idempotencyKey, { requestId, body })
      append(scripted, 'run.queued', { agentSequence: ['Spec', 'Code'] })
      if (request.prompt.startsWith('finish')) {
        end(scripted, 'completed', 'run.completed', { success: true, verified: true })
      }
      return { requestId, created: true }
    },
    get: async (requestId) => {
      called('get', requestId)
      return find(requestId).run
    },
    list: async (input: ListRunsInput) => {
      called('list', input)
      if (input.cursor === 'forged') throw new CodexError('INVALID_REQUEST', 'cursor: not made by this service')
      const all = [...runs.values()].reverse()
      return {
        runs: all.map(({ run, prompt }) => ({
          requestId: run.requestId,
          status: run.status,
          prompt,
          metadata: run.metadata,
        })),
        nextCursor: null,
      }
    },
    wait: async (requestId, { timeoutMs, signal }) => {
      called('wait', { requestId, timeoutMs })
      const scripted = find(requestId)
      if (!TERMINAL_STATUSES.has(scripted.run.status)) await change(scripted, signal, timeoutMs)
      signal?.throwIfAborted()
      return scripted.run
    },
    events: async (requestId, { after = 0, limit = 1_000 } = {}) => {
      called('events', { requestId, after, limit })
      return find(requestId)
        .events.filter((event) => event.seq > after)
        .slice(0, limit)
    },
    watch: async function* (requestId, { after = 0, signal } = {}) {
      called('watch', { requestId, after })
      watching += 1
      try {
        const scripted = find(requestId)
        let seen = after
        while (signal?.aborted !== true) {
          if (broken !== undefined) throw broken
          const event = scripted.events.find((candidate) => candidate.seq === seen + 1)
          if (event !== undefined) {
            seen = event.seq
            yield event
            if (TERMINAL_EVENTS.has(event.type)) return
          } else if (TERMINAL_STATUSES.has(scripted.run.status)) {
            return
          } else {
            await change(scripted, signal)
          }
        }
      } finally {
        watching -= 1
        callsMade.emit('watch ended')
      }
    },
    cancel: async (requestId, reason) => {
      called('cancel', { requestId, reason })
      return end(find(requestId), 'cancelled', 'run.cancelled', { reason: reason ?? 'asked to' })
    },
    resume: async (input) => {
      called('resume', input)
      const scripted = find(input.requestId)
      if (scripted.run.status !== 'waiting') throw new CodexError('CONFLICT', `the run is ${scripted.run.status}`)
      scripted.run = { ...scripted.run, status: 'queued' }
      append(scripted, 'run.resumed', { reason: 'budget' })
      return scripted.run
    },
    pause: (requestId) => {
      const scripted = find(requestId)
      const told = { reason: 'budget' as const, message: 'used 5 of 5 tokens' }
      scripted.run = { ...scripted.run, status: 'waiting', waiting: { ...told, since: new Date() } }
      append(scripted, 'run.waiting', told)
    },
    retry: async (requestId, options) => {
      called('retry', { requestId, options })
      const { run } = find(requestId)
      if (run.status === 'completed') throw new CodexError('CONFLICT', `run ${requestId} has completed; fork it`)
      return { requestId: randomUUID(), created: true }
    },
    fork: async (input, options) => {
      called('fork', { input, options })
      find(input.requestId)
      if (input.fromStep === 'nowhere') {
        const known = ['spec', 'code']
        throw new CodexError('INVALID_REQUEST', `no step "nowhere"; its steps: ${known.join(', ')}`, {
          data: { known },
        })
      }
      return { requestId: randomUUID(), created: true }
    },
    schedules: createScriptedSchedules(),
    patch: async (requestId) => {
      find(requestId)
      return 'diff --git a/a.js b/a.js\n'
    },
    file: async (requestId, path) => {
      find(requestId)
      if (path !== 'src/a b.js') throw new CodexError('NOT_FOUND', `the run has no file ${path}`)
      return 'export const a = 1\n'
    },
    exportRun: async (requestId) =>
      Readable.from([Buffer.from([0x1f, 0x8b]), Buffer.from(find(requestId).run.requestId)]),
    importRun: async (file, { trustKey } = {}) => {
      const bytes = Buffer.concat(await file.toArray())
      called('importRun', { bytes: bytes.toString(), trustKey })
      if (bytes.toString() === 'broken')
        throw new CodexError('INVALID_REQUEST', 'the file is refused: line 1: is no JSON')
      return randomUUID()
    },
    remove: async (requestId) => {
      if (!TERMINAL_STATUSES.has(find(requestId).run.status)) throw new CodexError('CONFLICT', `${requestId} goes on`)
      runs.delete(requestId)
    },
    evidence: async (requestId) => {
      const { status } = find(requestId).run
      if (!TERMINAL_STATUSES.has(status)) throw new CodexError('CONFLICT', `run ${requestId} is ${status}`)
      return {
        payloadType: STATEMENT_PAYLOAD_TYPE,
        payload: Buffer.from(JSON.stringify({ requestId })).toString('base64'),
        signatures: [{ keyid: KEY.keyId, sig: 'c2ln' }],
      }
    },
    checkEvidence: async (requestId) => {
      find(requestId)
      const problem = { code: 'digest_mismatch' as const, message: 'patch: it is not what was signed' }
      return { verified: false, keyId: KEY.keyId, sealed: 'at_end', problems: [problem] }
    },
    evidenceKeys: async () => [KEY],
    webhooks: async (requestId) => {
      called('webhooks', requestId)
      find(requestId)
      return [newDelivery('failed')]
    },
    redeliverWebhook: async (requestId, deliveryId) => {
      called('redeliverWebhook', { requestId, deliveryId })
      find(requestId)
      return newDelivery('pending')
    },
    agents: () => [
      {
        name: 'Spec',
        title: 'Specification',
        description: 'Writes the specification',
        aliases: [],
        consumes: [{ anyOf: ['files'], optional: true }],
        produces: ['spec'],
        options: ['projectType'],
        model: 'offline:builtin',
        modelReason: 'nothing else is configured',
        digest: 'a'.repeat(64),
      },
    ],
    workflows: () => [{ name: 'default', description: 'The usual', agentSequence: ['Spec', 'Code'] }],
    models: () => [
      {
        id: 'offline:builtin',
        provider: 'offline',
        available: true,
        source: 'built in',
        isDefault: true,
        prices: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
      },
    ],
    stats: async () => {
      called('stats', undefined)
      const count = (status: string): number => [...runs.values()].filter(({ run }) => run.status === status).length
      return {
        activeSessions: sessions.size,
        running: count('running'),
        queued: count('queued'),
        waiting: 0,
        totals: { completed: count('completed'), failed: 0, cancelled: count('cancelled') },
        usage: { inputTokens: 3, outputTokens: 5, modelCalls: 1 },
        costUsd: 0,
        storage: { runsBytes: 1_000, databaseBytes: 10_000_000 },
        limits: { maxConcurrentRequests: 10, maxQueuedRequests: 100 },
      }
    },
    health: async () => {
      called('health', undefined)
      const isWell = Object.values(scripted.checks).every(({ ok }) => ok)
      return { status: isWell ? 'ok' : 'unavailable', version: '0.0.0', checks: scripted.checks }
    },
    nodes: async () => [NODE],
    doctor: async () => ({
      healthy: false,
      version: '0.0.0',
      checks: scripted.checks,
      nodes: [NODE],
      stuckRuns: scripted.stuckRuns,
      stuckTotal: scripted.stuckRuns.length,
    }),
    createSession: async ({ title, repository, context, policy, budget }) => {
      const created: Session = {
        id: randomUUID(),
        title: title ?? null,
        repository: repository ?? null,
        context: context ?? {},
        policy: policy ?? 'enqueue',
        budget: budget ?? null,
        createdAt: new Date(),
        archivedAt: null,
        runs: 0,
      }
      sessions.set(created.id, created)
      return created
    },
    getSession: async (id) => ({ ...findSession(sessions, id), history: { runs: [], nextCursor: null } }),
    sessionRuns: async (input) => {
      called('sessionRuns', input)
      findSession(sessions, input.id)
      return { runs: [], nextCursor: null }
    },
    updateSession: async ({ id, ...changes }) => {
      const updated = { ...findSession(sessions, id), ...(JSON.parse(JSON.stringify(changes)) as Partial<Session>) }
      sessions.set(id, updated)
      return updated
    },
    keyBudget: async (key) => ({ key, budget: null, period: null, periodEndsAt: null }),
    listSessions: async () => [...sessions.values()],
    archiveSession: async (id) => {
      const archived = { ...findSession(sessions, id), archivedAt: new Date() }
      sessions.set(id, archived)
      return archived
    },
  }
  return scripted
}
