import {
  type ArtifactKind,
  CodexError,
  type Health,
  type ListSessionRunsInput,
  type OrchestrateRequest,
  type Run,
  type RunPage,
  TERMINAL_STATUSES,
} from '@codex/protocol'
import { v7 as uuidv7 } from 'uuid'
import type { AgentInput } from '../agents/agent.ts'
import { type AgentRegistry, toAgentInfo } from '../agents/registry.ts'
import { type KeyBudgetSettings, keyAccount, periodEndsAt } from '../budget/key-budget.ts'
import { usedOf } from '../budget/shared-accounts.ts'
import type { Engine } from '../engine/engine.ts'
import type { RunFormats } from '../engine/run-formats.ts'
import type { ScheduleTicks } from '../engine/schedule-ticks.ts'
import type { Log } from '../logging/log.ts'
import type { ModelService } from '../models/model-service.ts'
import type { Database } from '../store/database.ts'
import { listRuns } from '../store/list-runs.ts'
import { listLivingNodes } from '../store/living-nodes.ts'
import { readEvents } from '../store/read-events.ts'
import { readArtifacts, readRun, readSteps } from '../store/read-run.ts'
import { removeRun } from '../store/remove-runs.ts'
import type { RunNotifications } from '../store/run-notifications.ts'
import { createStatsReader } from '../store/run-stats.ts'
import { readSessionOutlook } from '../store/session-runs.ts'
import { archiveSession, createSession, getSession, listSessions, updateSession } from '../store/sessions.ts'
import { openSessionAccount, readAccounts } from '../store/shared-budgets.ts'
import { findByIdempotencyKey } from '../store/submit-run.ts'
import type { Webhooks } from '../webhooks/index.ts'
import type { WorkspaceManager } from '../workspace/workspace.ts'
import { requestCancel } from './cancel-run.ts'
import { digestOf } from './digest.ts'
import { enqueueRun } from './enqueue-run.ts'
import { examineService } from './examine-service.ts'
import { freeStuckRun } from './free-stuck-run.ts'
import { forkRun, type GoOnOptions, type GoOnServices, retryRun } from './go-on-run.ts'
import type { Orchestrator } from './orchestrator.ts'
import { type PlannerSettings, planRun, type SessionInputs, toSource } from './plan-run.ts'
import { exportRun } from './portable/export-run.ts'
import { importRun } from './portable/import-run.ts'
import { presentRun, presentSummary } from './present-run.ts'
import { readTiming } from './read-timing.ts'
import { requestResume } from './resume-run.ts'
import type { RunEvidence } from './run-evidence.ts'
import { createSchedules, type ScheduleServices, type Schedules } from './schedules.ts'
import { startIfReady, startRun } from './start-run.ts'
import type { SubmitOptions } from './submission.ts'
import { waitForEnd } from './wait-for-end.ts'
import { watchRun } from './watch-run.ts'

export interface OrchestratorServices {
  readonly database: Database
  readonly notifications: RunNotifications
  readonly engine: Engine
  readonly ticks: ScheduleTicks
  readonly workspaces: WorkspaceManager
  readonly models: ModelService
  readonly agents: AgentRegistry
  readonly evidence: RunEvidence
  readonly webhooks: Webhooks
  readonly planner: PlannerSettings
  readonly limits: {
    readonly maxConcurrentRequests: number
    readonly maxQueuedRequests: number
    readonly maxImportBytes: number
  }
  /** What every API key may use; null: keys are not limited. */
  readonly keyBudget: KeyBudgetSettings | null
  /** False once the process drains: nothing new is taken. */
  readonly isAccepting: () => boolean
  /** @throws CodexError UNAVAILABLE when there is no room on the disk for another run */
  readonly checkRoom: () => void
  readonly checkHealth: () => Promise<Health>
  /** Formats of runs that this process understands; new ones are stored in the first. */
  readonly formats: RunFormats
  readonly log: Log
}

const DEFAULT_EVENT_PAGE = 1_000
const MAX_SESSIONS = 200
const CANCEL_PATIENCE_MS = 60_000
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/

/** Puts the facade together out of its rooms. */
export function createOrchestrator(services: OrchestratorServices): Orchestrator & { readonly schedules: Schedules } {
  const { database, notifications, engine } = services
  const { pool } = database
  const { maxConcurrentRequests, maxQueuedRequests } = services.limits
  const starting = { pool, engine, log: services.log, format: services.formats[0] }
  const agentNames = services.agents.agents.map(({ name }) => name)

  const get = async (requestId: string): Promise<Run> => {
    const row = await readRun(database, requestId)
    if (row === null) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`, { requestId })
    const steps = (await readSteps(database, [requestId])).get(requestId) ?? []
    const digests = steps.flatMap((step) => Object.values(step.artifacts))
    return presentRun(row, steps, await readArtifacts(database, digests))
  }
  const readProgress = async (
    requestId: string,
  ): Promise<{ hasEnded: boolean; isWaiting: boolean; lastSeq: number }> => {
    const result = await pool.query<{ status: Run['status']; last_seq: number }>({
      name: 'read-progress',
      text: 'SELECT status, last_seq FROM codex.runs WHERE id = $1',
      values: [requestId],
    })
    const row = result.rows[0]
    if (row === undefined) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`, { requestId })
    const { status, last_seq: lastSeq } = row
    return { hasEnded: TERMINAL_STATUSES.has(status), isWaiting: status === 'waiting', lastSeq }
  }
  const wait: Orchestrator['wait'] = async (requestId, { timeoutMs, signal }) => {
    // AbortSignal.timeout would stay in memory for all of its time, however soon the run ends
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(), timeoutMs)
    await waitForEnd(notifications, requestId, {
      // from where it waits for somebody, nothing happens by itself
      hasEnded: async () => {
        const { hasEnded, isWaiting } = await readProgress(requestId)
        return hasEnded || isWaiting
      },
      signal: signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]),
    }).finally(() => clearTimeout(timer))
    return await get(requestId)
  }

  const readStats = createStatsReader(pool)
  const presentPage = async ({ rows, nextCursor }: Awaited<ReturnType<typeof listRuns>>): Promise<RunPage> => {
    const ids = rows.map((row) => row.id)
    const steps = await readSteps(database, ids)
    return { runs: rows.map((row) => presentSummary(row, steps.get(row.id) ?? [])), nextCursor }
  }
  const listSessionRuns = async ({ id, ...page }: ListSessionRunsInput): Promise<RunPage> =>
    presentPage(await listRuns(database, { ...page, sessionId: id }, 'oldest_first'))
  const refuseWithoutRoom = (): void => {
    if (!services.isAccepting()) {
      throw new CodexError('UNAVAILABLE', 'the server is shutting down; try again in a moment', { retryAfterS: 5 })
    }
    services.checkRoom()
  }
  const goingOn: GoOnServices = {
    formats: services.formats,
    ...starting,
    database,
    planner: services.planner,
    maxQueued: services.limits.maxQueuedRequests,
    freeStuckRun: (id) => freeStuckRun(starting, agentNames, id),
    checkWebhook: (webhook) => services.webhooks.check(webhook),
  }

  const plan = async (request: OrchestrateRequest) => {
    services.webhooks.check(request.webhook)
    const planned = planRun(request, services.planner, await readSessionInputs(services, request))
    return { planned, timing: readTiming(request) }
  }
  const submit: ScheduleServices['submit'] = async (request, { idempotencyKey, principal, scheduleId }) => {
    const requestDigest = digestOf(request)
    const { planned, timing } = await plan(request).catch(async (error: unknown) => {
      // what was accepted once is found again, also when it would not be accepted now: its deadline has passed, say
      const earlier = await findByIdempotencyKey(pool, { idempotencyKey, principal, requestDigest })
      if (earlier === null) throw error
      return { planned: null, timing: earlier }
    })
    if (planned === null) {
      await startIfReady(starting, timing)
      return { requestId: timing, created: false }
    }
    return await enqueueRun(
      starting,
      {
        id: uuidv7(),
        prompt: request.prompt,
        plan: planned.plan,
        agentSequence: planned.agentSequence,
        workflow: planned.workflow,
        sessionId: request.sessionId ?? null,
        labels: request.metadata ?? {},
        idempotencyKey,
        requestDigest,
        principal,
        scheduleId,
        ...timing,
        webhook: request.webhook ?? null,
      },
      { sessionPolicy: request.sessionPolicy ?? null, maxQueued: services.limits.maxQueuedRequests },
    )
  }
  const schedules = createSchedules({
    database,
    ticks: services.ticks,
    async submit(request, options) {
      services.checkRoom()
      return await submit(request, options)
    },
    async check(request) {
      await plan(request)
    },
    log: services.log,
  })

  return {
    schedules,
    get,
    wait,
    async submit(request, options = {}) {
      refuseWithoutRoom()
      const { idempotencyKey, principal } = readSubmitOptions(options)
      return await submit(request, { idempotencyKey, principal, scheduleId: null })
    },
    async list(input) {
      const agent = input.agent === undefined ? undefined : services.agents.find(input.agent)?.name
      if (input.agent !== undefined && agent === undefined) return { runs: [], nextCursor: null }
      return await presentPage(await listRuns(database, { ...input, ...(agent === undefined ? {} : { agent }) }))
    },
    async events(requestId, options = {}) {
      await readProgress(requestId)
      return await readEvents(pool, requestId, {
        after: options.after ?? 0,
        limit: options.limit ?? DEFAULT_EVENT_PAGE,
      })
    },
    async *watch(requestId, options = {}) {
      const { hasEnded, lastSeq } = await readProgress(requestId)
      const after = Math.min(options.after ?? 0, lastSeq) // a number of the future would hide the end
      if (hasEnded && after === lastSeq) return // everything was seen, and nothing will come
      const signal = options.signal ?? new AbortController().signal
      yield* watchRun(pool, notifications, requestId, { after, signal })
    },
    async cancel(requestId, reason = 'cancelled on request') {
      const deadline = Date.now() + CANCEL_PATIENCE_MS
      for (;;) {
        if (!(await readProgress(requestId)).hasEnded) await requestCancel(starting, requestId, reason)
        const run = await wait(requestId, { timeoutMs: Math.max(0, deadline - Date.now()) })
        // one that began to wait just then is ended by asking again
        if (run.status !== 'waiting' || Date.now() >= deadline) return run
      }
    },
    async resume(input) {
      const { id, priority, format } = await requestResume(database, services.keyBudget, input)
      await startRun(starting, { id, priority, format, notBefore: null, again: true })
      return await get(id)
    },
    async retry(requestId, options = {}) {
      refuseWithoutRoom()
      return await retryRun(goingOn, requestId, readSubmitOptions(options))
    },
    async fork(input, options = {}) {
      refuseWithoutRoom()
      return await forkRun(goingOn, input, readSubmitOptions(options))
    },
    async patch(requestId) {
      const row = await readRun(database, requestId)
      if (row === null) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`, { requestId })
      return row.patch
    },
    async file(requestId, path) {
      const row = await readRun(database, requestId)
      if (row === null) throw new CodexError('NOT_FOUND', `there is no run ${requestId}`, { requestId })
      const tree = row.headTree ?? row.baseTree
      const workspace = tree === null ? null : await services.workspaces.find(requestId)
      if (workspace === null || tree === null) {
        throw new CodexError('NOT_FOUND', `run ${requestId} has no files yet, or they were removed by retention`)
      }
      return await workspace.readFileAt(tree, path).catch((error: unknown) => {
        // anything else is no answer about the file
        if (!CodexError.isInstance(error) || error.code !== 'WORKSPACE_ERROR' || error.retryable) throw error
        throw new CodexError('NOT_FOUND', `run ${requestId} has no file "${path}"`, { cause: error })
      })
    },
    exportRun: (requestId) => exportRun(database, services.evidence, requestId),
    importRun: (file, { trustKey } = {}) =>
      importRun(file, { database, maxBytes: services.limits.maxImportBytes, trustKey }),
    async remove(requestId) {
      await removeRun(pool, requestId)
      // its rows are gone, and with them whoever could ask for the rest: what stays is cleaned up later
      const leftOver = (error: unknown) =>
        services.log.warn({ runId: requestId, error: String(error) }, 'something of a removed run stays for now')
      await engine.forget([requestId]).catch(leftOver)
      await services.workspaces.remove(requestId, { everything: true }).catch(leftOver)
    },
    evidence: (requestId) => services.evidence.envelope(requestId),
    checkEvidence: (requestId) => services.evidence.check(requestId),
    evidenceKeys: () => services.evidence.keys(),
    async webhooks(requestId) {
      await readProgress(requestId)
      return await services.webhooks.list(requestId)
    },
    redeliverWebhook: (requestId, deliveryId) => services.webhooks.redeliver(requestId, deliveryId),
    agents: () => services.agents.agents.map((agent) => toAgentInfo(agent, services.models.resolve(agent.name))),
    workflows: () =>
      services.planner.workflows.map(({ name, description, agentSequence }) => ({
        name,
        description,
        agentSequence: [...agentSequence],
      })),
    models: () => services.models.list(),
    async stats() {
      return { ...(await readStats()), limits: { maxConcurrentRequests, maxQueuedRequests } }
    },
    health: () => services.checkHealth(),
    nodes: () => listLivingNodes(pool),
    doctor: () => examineService({ ...services, pool, format: services.formats[0], agents: agentNames }),
    createSession(input) {
      if (input.repository !== undefined) toSource(input.repository, services.planner)
      return createSession(pool, input)
    },
    async getSession(id) {
      const [session, history] = await Promise.all([getSession(pool, id), listSessionRuns({ id })])
      if (session.budget === null) return { ...session, history }
      const [account] = await readAccounts(pool, [{ scope: 'session', id, period: '', limits: session.budget }])
      return { ...session, history, ...(account === undefined ? {} : { used: usedOf(account) }) }
    },
    async keyBudget(principal) {
      const { keyBudget } = services
      if (principal === null || keyBudget === null)
        return { key: principal, budget: null, period: null, periodEndsAt: null }
      const at = new Date()
      const [account] = await readAccounts(pool, [keyAccount(keyBudget, principal, at)])
      const used = account === undefined ? { usd: 0, tokens: 0, durationS: 0 } : usedOf(account)
      const { limits, period } = keyBudget
      return { key: principal, budget: { limits, used }, period, periodEndsAt: periodEndsAt(period, at) }
    },
    async sessionRuns(input) {
      await getSession(pool, input.id)
      return await listSessionRuns(input)
    },
    async updateSession(input) {
      if (input.repository != null) toSource(input.repository, services.planner)
      const updated = await updateSession(pool, input)
      if (input.budget != null) await openSessionAccount(pool, input.id)
      return updated
    },
    listSessions: (input) => listSessions(pool, Math.min(input.limit ?? 50, MAX_SESSIONS)),
    archiveSession: (id) => archiveSession(pool, id),
  }
}

function readSubmitOptions(options: SubmitOptions): GoOnOptions {
  return { idempotencyKey: checkIdempotencyKey(options.idempotencyKey), principal: options.principal ?? null }
}

function checkIdempotencyKey(key: string | undefined): string | null {
  if (key === undefined) return null
  if (IDEMPOTENCY_KEY.test(key)) return key
  throw new CodexError(
    'INVALID_REQUEST',
    'the idempotency key must be 1..255 printable ASCII characters without spaces',
    {
      issues: [{ path: 'Idempotency-Key', message: 'must be 1..255 printable ASCII characters without spaces' }],
    },
  )
}

/** @throws CodexError NOT_FOUND, or CONFLICT for a session that was archived */
async function readSessionInputs(
  services: OrchestratorServices,
  request: OrchestrateRequest,
): Promise<SessionInputs | null> {
  if (request.sessionId === undefined) return null
  const { pool } = services.database
  const [session, outlook] = await Promise.all([
    getSession(pool, request.sessionId),
    readSessionOutlook(pool, request.sessionId),
  ])
  if (session.archivedAt !== null) {
    throw new CodexError('CONFLICT', `session ${session.id} is archived and takes no new runs; create a new one`)
  }
  const { repository, context } = session
  const made = outlook.made as ArtifactKind[] // written by this service
  const coming = outlook.agentsGoing.flatMap((name) => services.agents.find(name)?.produces ?? [])
  const files: AgentInput[] = outlook.hasRuns ? ['repository'] : []
  return { repository, context, given: new Set<AgentInput>([...made, ...coming, ...files]) }
}
