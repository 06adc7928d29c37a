import { CodexError } from '@codex/protocol'
import type { Agent } from '../agents/agent.ts'
import type { KeyBudgetSettings } from '../budget/key-budget.ts'
import type { Log } from '../logging/log.ts'
import type { ClaimedRun } from '../store/claim-run.ts'
import type { Database } from '../store/database.ts'
import {
  readArtifacts,
  readBudgetWarnings,
  readCalls,
  readPackedTrees,
  readSteps,
  readWarnings,
} from '../store/read-run.ts'
import type { CallRow } from '../store/record-run.ts'
import { isTooLarge } from '../store/storage-meter.ts'
import { isDiskFullError } from '../workspace/index.ts'
import type { CommitRecord, WorkspaceManager } from '../workspace/workspace.ts'
import { type ActiveRun, createActiveRun, newStepRow, type SealRun } from './active-run.ts'
import type { StepServices } from './agent-context.ts'
import { continueSession, readGiven } from './continue-session.ts'
import { executeStep } from './execute-step.ts'
import { finishCancelled, finishCompleted, finishFailed } from './finish-run.ts'
import { limitDuration } from './limit-duration.ts'
import { orderInTime } from './order-in-time.ts'
import { pauseRun } from './pause-run.ts'
import type { PlannedStep } from './plan.ts'
import { GIVEN_FILES_MESSAGE, prepareBase } from './prepare-base.ts'
import { RunInterruption } from './run-interruption.ts'
import { RunPause } from './run-pause.ts'
import { settleRun } from './settle-run.ts'
import { toRunError } from './to-run-error.ts'
import { readRows } from './write-run.ts'

export interface RunServices extends StepServices {
  readonly database: Database
  readonly workspaces: WorkspaceManager
  readonly agents: ReadonlyMap<string, Agent>
  /** What every API key may use; absent or null: keys are not limited. */
  readonly keyBudget?: KeyBudgetSettings | null
  /** Bytes that may be stored for a run; absent: not limited. */
  readonly maxRunBytes?: number
  /** Signs what runs end with. */
  readonly seal: SealRun
  /** Queues the next run of a session after the end of one. */
  readonly startSuccessors?: (runId: string) => Promise<void>
  readonly log: Log
}

const UNSANDBOXED =
  "unsandboxed: commands of this run had the service's own rights, because the operator switched the sandbox off"

/**
 * Executes a claimed run to its end, or until it has to wait for somebody, and records that, from wherever its rows say
 * that it stands.
 * @param isLeased whether this node may begin anything now
 * @throws RunInterruption when it has to stop without an end; whatever the database throws when it cannot record
 */
export async function executeRun(
  taken: ClaimedRun,
  services: RunServices,
  given: AbortSignal,
  isLeased: () => boolean = () => true,
): Promise<void> {
  const { database, workspaces, log } = services
  const executingSince = performance.now()
  const duration = limitDuration(taken, given)
  const { signal } = duration
  let claimed = taken
  let run: ActiveRun | null = null
  try {
    claimed = await continueSession(database, taken, services.agents)
    const former = await readRows(() => readGiven(database, claimed.plan))
    const recorded = await readRows(() => readRecorded(database, claimed))
    const commits = beginsWithRows(claimed) ? { recovered: { commits: findCommits(claimed, recorded.calls) } } : {}
    const workspace = await readRows(() => workspaces.open(claimed.id, claimed.plan.source, commits))
    const baseTree = claimed.baseTree ?? (await prepareBase(workspace, claimed.plan.options, begunAt(claimed)))
    run = createActiveRun(database.pool, {
      claimed,
      workspace,
      baseTree,
      signal,
      isLeased,
      begunAt: executingSince,
      seal: services.seal,
      given: former,
      keyBudget: services.keyBudget ?? null,
      maxStoredBytes: services.maxRunBytes,
      ...recorded,
    })
    duration.watch(run)
    if (services.commands.sandbox?.isolated === false) run.warn(UNSANDBOXED)
    if (claimed.baseTree === null) {
      const packs = [...(await run.packs.start()), ...(await run.packs.collect(baseTree))]
      run.record({ run: { baseTree }, steps: plannedRows(claimed), packs, events: [] })
    }
    await executeGroups(run, services)
  } catch (error) {
    duration.stop()
    const stop: unknown = stopReason(given, signal)
    const isInterrupted = stop instanceof RunInterruption
    // a finished call is kept, whatever else is given up
    if (error instanceof RunInterruption || isInterrupted) await run?.settle().catch(() => {})
    if (error instanceof RunInterruption) throw error
    if (isInterrupted) throw stop
    const reason = stop ?? error
    // there may be room again in a moment: it is taken up from its last record, and ends in nothing half-written
    if (isDiskFullError(reason)) throw new RunInterruption('unrecorded', { cause: reason })
    await recordStop(reason, { claimed, run, services })
  } finally {
    duration.stop()
  }
  if (run !== null) await discardWorkspace(run, log)
}

/** Records why a run did not come to its end: it waits, was cancelled, or failed. */
async function recordStop(
  stop: unknown,
  { claimed, run, services }: { claimed: ClaimedRun; run: ActiveRun | null; services: RunServices },
): Promise<void> {
  const { pool } = services.database
  let reason = stop
  if (stop instanceof RunPause) {
    try {
      return await pauseRun(pool, claimed, run, stop)
    } catch (error) {
      if (!isTooLarge(error)) throw error
      reason = error // what it did so far cannot be kept: it has nothing to go on from
    }
  }
  const runError = toRunError(reason, run === null ? { step: null, agent: null } : placeOfFailure(run))
  if (!CodexError.isInstance(reason)) {
    services.log.error({ error: describe(reason), runId: claimed.id }, 'a run failed unexpectedly')
  }
  if (runError.code === 'CANCELLED') await finishCancelled(pool, claimed, run, runError.message)
  else await finishFailed(pool, claimed, run, runError)
}

/** The end or the wait is recorded, and everything that was made is in the database. */
async function discardWorkspace({ claimed, workspace, packs }: ActiveRun, log: Log): Promise<void> {
  await workspace.discard({ keepObjects: !packs.isComplete() }).catch((error: unknown) => {
    log.warn({ runId: claimed.id, error: String(error) }, 'could not remove the worktree of a run; trying again later')
  })
}

/** What the branch of the run had when it was interrupted. */
function findCommits(claimed: ClaimedRun, calls: readonly CallRow[]): readonly CommitRecord[] {
  if (claimed.baseTree === null) return []
  const committed = calls.filter(({ kind }) => kind === 'commit').map(({ result }) => result as CommitRecord) // ours
  return [{ tree: claimed.baseTree, message: GIVEN_FILES_MESSAGE, committedAt: begunAt(claimed) }, ...committed]
}

/** In seconds; the same in every execution. */
function begunAt({ createdAt }: ClaimedRun): number {
  return Math.floor(createdAt.getTime() / 1_000)
}

/** Why a run was told to stop: what came from outside, such as a cancel, goes before a limit of its own. */
function stopReason(given: AbortSignal, own: AbortSignal): unknown {
  if (given.aborted) return given.reason
  return own.aborted ? own.reason : undefined
}

/** Whether something was done before: by a node that died, or by the run that this one takes steps over from. */
function beginsWithRows(claimed: ClaimedRun): boolean {
  return claimed.recovered || (claimed.originId !== null && claimed.baseTree !== null)
}

/** What the rows say about a run; nothing is asked for one that begins. */
async function readRecorded(database: Database, claimed: ClaimedRun) {
  if (!beginsWithRows(claimed))
    return { steps: [], calls: [], artifacts: new Map<string, unknown>(), warnings: [], packs: [], budgetWarnings: [] }
  const [byRun, calls, warnings, packs, budgetWarnings] = await Promise.all([
    readSteps(database, [claimed.id]),
    readCalls(database, claimed.id),
    readWarnings(database, claimed.id),
    readPackedTrees(database, claimed.id),
    readBudgetWarnings(database, claimed.id),
  ])
  const steps = byRun.get(claimed.id) ?? []
  const digests = steps.flatMap((step) => Object.values(step.artifacts))
  return { steps, calls, warnings, packs, budgetWarnings, artifacts: await readArtifacts(database, digests) }
}

async function executeGroups(run: ActiveRun, services: RunServices): Promise<void> {
  const { groups, verifyAfterGroup } = run.claimed.plan
  if (beginsWithRows(run.claimed)) await run.workspace.restore(treeReached(run))
  let position = 0
  let roundsBefore = 0
  for (const [index, group] of groups.entries()) {
    const first = position
    position += group.length
    await executeGroup(run, services, group, first)
    if (index !== verifyAfterGroup) continue
    roundsBefore = await settleRun(run, services, {
      lastGroup: index,
      isAtEnd: index === groups.length - 1,
      roundsBefore,
    })
  }
  if (verifyAfterGroup !== null && verifyAfterGroup < groups.length - 1) {
    // a review of a later group may have found what the gate does not let pass
    await settleRun(run, services, { lastGroup: groups.length - 1, isAtEnd: true, roundsBefore })
  }
  await finishCompleted(run)
}

/** Runs the steps of a group at the same time; all of them end before a failure is thrown. */
async function executeGroup(
  run: ActiveRun,
  services: RunServices,
  group: readonly PlannedStep[],
  first: number,
): Promise<void> {
  const inputTree = run.headTree
  const artifacts = { ...run.given, ...run.artifacts }
  const outcomes = await Promise.allSettled(
    group.map(async (planned, index) => {
      const agent = services.agents.get(planned.agent)
      if (agent === undefined) throw new CodexError('UNKNOWN_AGENT', `agent ${planned.agent} is no longer registered`)
      const step = await executeStep(run, services, { planned, agent, position: first + index, inputTree, artifacts })
      if (agent.writesFiles && step.outputTree !== null) run.headTree = step.outputTree
    }),
  )
  // an interruption first: it decides whether anything may be recorded at all; a failure ends a run that would wait
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  const failure =
    failures.find((reason) => reason instanceof RunInterruption) ??
    failures.find((reason) => !(reason instanceof RunPause)) ??
    failures[0]
  if (failure !== undefined) throw failure
}

function plannedRows(claimed: ClaimedRun) {
  return claimed.plan.groups.flat().map((planned, position) => newStepRow(planned, position))
}

/** The tree after the last step that was completed before the interruption. */
function treeReached(run: ActiveRun): string {
  const changed = orderInTime(run.claimed.plan, run.steps.values()).filter(
    (step) => step.status === 'completed' && step.outputTree !== null && step.outputTree !== step.inputTree,
  )
  return changed.at(-1)?.outputTree ?? run.baseTree
}

function placeOfFailure(run: ActiveRun): { step: string | null; agent: string | null } {
  const failed = [...run.steps.values()].find((step) => step.status === 'failed')
  return { step: failed?.id ?? null, agent: failed?.agent ?? null }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
