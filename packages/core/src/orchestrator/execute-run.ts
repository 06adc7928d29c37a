import { CodexError } from '@codex/protocol'
import type { Agent } from '../agents/agent.ts'
import type { Log } from '../logging/log.ts'
import type { ClaimedRun } from '../store/claim-run.ts'
import type { Database } from '../store/database.ts'
import { readArtifacts, readCalls, readSteps, readWarnings } from '../store/read-run.ts'
import type { WorkspaceManager } from '../workspace/workspace.ts'
import { type ActiveRun, createActiveRun, newStepRow } from './active-run.ts'
import type { StepServices } from './agent-context.ts'
import { executeStep } from './execute-step.ts'
import { finishCancelled, finishCompleted, finishFailed } from './finish-run.ts'
import { fixRun } from './fix-run.ts'
import { AFTER_FIX_POSITION, orderInTime } from './order-in-time.ts'
import type { PlannedStep } from './plan.ts'
import { prepareBase } from './prepare-base.ts'
import { RunInterruption } from './run-interruption.ts'
import { toRunError } from './to-run-error.ts'
import { isRed, verifyRun } from './verify-run.ts'
import { readRows } from './write-run.ts'

export interface RunServices extends StepServices {
  readonly database: Database
  readonly workspaces: WorkspaceManager
  readonly agents: ReadonlyMap<string, Agent>
  readonly log: Log
}

/**
 * Executes a claimed run to its end and records it, from wherever its rows say that it stands.
 * @throws RunInterruption when it has to stop without an end; whatever the database throws when it cannot record
 */
export async function executeRun(claimed: ClaimedRun, services: RunServices, signal: AbortSignal): Promise<void> {
  const { database, workspaces, log } = services
  let run: ActiveRun | null = null
  try {
    const workspace = await workspaces.open(claimed.id, claimed.plan.source)
    const recorded = await readRows(() => readRecorded(database, claimed))
    const baseTree = claimed.baseTree ?? (await prepareBase(workspace, claimed.plan.options))
    run = createActiveRun(database.pool, { claimed, workspace, baseTree, signal, ...recorded })
    if (claimed.baseTree === null) await run.write({ run: { baseTree }, steps: plannedRows(claimed), events: [] })
    await executeGroups(run, services)
  } catch (error) {
    if (error instanceof RunInterruption) throw error
    if (signal.aborted && signal.reason instanceof RunInterruption) throw signal.reason
    const reason: unknown = signal.aborted ? signal.reason : error
    const runError = toRunError(reason, run === null ? { step: null, agent: null } : placeOfFailure(run))
    if (!CodexError.isInstance(reason))
      log.error({ error: describe(reason), runId: claimed.id }, 'a run failed unexpectedly')
    if (runError.code === 'CANCELLED') await finishCancelled(database.pool, claimed, run, runError.message)
    else await finishFailed(database.pool, claimed, run, runError)
  }
}

/** What the rows say about a run; nothing is asked for one that begins. */
async function readRecorded(database: Database, claimed: ClaimedRun) {
  if (!claimed.recovered) return { steps: [], calls: [], artifacts: new Map<string, unknown>(), warnings: [] }
  const [byRun, calls, warnings] = await Promise.all([
    readSteps(database, [claimed.id]),
    readCalls(database, claimed.id),
    readWarnings(database, claimed.id),
  ])
  const steps = byRun.get(claimed.id) ?? []
  const digests = steps.flatMap((step) => Object.values(step.artifacts))
  return { steps, calls, warnings, artifacts: await readArtifacts(database, digests) }
}

async function executeGroups(run: ActiveRun, services: RunServices): Promise<void> {
  const { groups, verifyAfterGroup } = run.claimed.plan
  if (run.claimed.recovered) await run.workspace.restore(treeReached(run))
  let position = 0
  for (const [index, group] of groups.entries()) {
    const first = position
    position += group.length
    await executeGroup(run, services, group, first)
    if (index !== verifyAfterGroup) continue
    const verification = await verifyRun(run, services, 0)
    if (!isRed(verification)) continue
    const fixed = await fixRun(run, services, services.agents, verification)
    if (isRed(fixed.verification)) {
      throw new CodexError('VERIFICATION_FAILED', fixed.verification.reasons.map((reason) => reason.message).join('; '))
    }
    if (fixed.changed) await reviewAgain(run, services, index)
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
  const artifacts = { ...run.artifacts }
  const outcomes = await Promise.allSettled(
    group.map(async (planned, index) => {
      const agent = services.agents.get(planned.agent)
      if (agent === undefined) throw new CodexError('UNKNOWN_AGENT', `agent ${planned.agent} is no longer registered`)
      const step = await executeStep(run, services, { planned, agent, position: first + index, inputTree, artifacts })
      if (agent.writesFiles && step.outputTree !== null) run.headTree = step.outputTree
    }),
  )
  // an interruption first: it decides whether anything may be recorded at all
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  const failure = failures.find((reason) => reason instanceof RunInterruption) ?? failures[0]
  if (failure !== undefined) throw failure
}

/** Reviews made before a fix speak of a tree that is gone: they are made again on the head tree. */
async function reviewAgain(run: ActiveRun, services: RunServices, lastGroup: number): Promise<void> {
  const stale = run.claimed.plan.groups
    .slice(0, lastGroup + 1)
    .flat()
    .filter((step) => step.agent === 'Reviewer')
  for (const [index, step] of stale.entries()) {
    const agent = services.agents.get(step.agent)
    if (agent === undefined) continue
    const planned = { ...step, id: `${step.id}.after-fix` }
    const position = AFTER_FIX_POSITION + index
    const artifacts = { ...run.artifacts }
    await executeStep(run, services, { planned, agent, position, inputTree: run.headTree, artifacts })
  }
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
