import {
  type AnyArtifact,
  ARTIFACT_SCHEMAS,
  type ArtifactKind,
  type Artifacts,
  CodexError,
  type RunError,
} from '@codex/protocol'
import type { Agent } from '../agents/agent.ts'
import type { ArtifactRow, NewEvent, StepRow } from '../store/record-run.ts'
import type { AgentTask } from '../task/agent-task.ts'
import { isDiskFullError } from '../workspace/index.ts'
import { type ActiveRun, addCost, addUsage, adoptArtifacts, newStepRow, setArtifact } from './active-run.ts'
import { createAgentContext, type StepServices } from './agent-context.ts'
import { buildTask } from './build-task.ts'
import { digestOf } from './digest.ts'
import { limitStep, type StepLimit } from './limit-step.ts'
import { orderInTime } from './order-in-time.ts'
import type { PlannedStep } from './plan.ts'
import { RunInterruption } from './run-interruption.ts'
import { RunPause } from './run-pause.ts'
import { createStepJournal, ReplayDivergence, throwIfAborted } from './step-journal.ts'
import { sumCalls, sumOfStep } from './sum-calls.ts'
import { toRunError } from './to-run-error.ts'

export interface StepRequest {
  readonly planned: PlannedStep
  readonly agent: Agent
  readonly position: number
  readonly inputTree: string
  /** What the agent may build on. */
  readonly artifacts: Artifacts
  readonly failure?: AgentTask['failure']
}

/**
 * Executes one step to its end, or goes on with one that was interrupted: finished calls come from the ledger.
 * @returns the completed step
 * @throws CodexError what the agent failed with, after the failure was recorded; RunInterruption; RunPause
 */
export async function executeStep(run: ActiveRun, services: StepServices, request: StepRequest): Promise<StepRow> {
  const { planned, agent, position } = request
  const before = run.steps.get(planned.id) ?? newStepRow(planned, position)
  if (before.status === 'completed') {
    adoptArtifacts(run, before)
    return before
  }
  if (before.status === 'failed' && before.error !== null) {
    // the process died between this failure and the end of the run: it fails with the same, and nothing is repeated
    const { code, message, retryable } = before.error
    throw new CodexError(code, message, { retryable })
  }
  let row = before
  if (before.status !== 'running') {
    throwIfAborted(run.signal)
    row = { ...before, status: 'running', attempts: 1, startedAt: new Date(), inputTree: request.inputTree }
    run.record({ steps: [row], events: [startedEvent(row)] })
  } else if (agent.writesFiles) {
    // interrupted before: what was done since the input tree is repeated from the ledger
    await run.workspace.restore(request.inputTree)
  }
  const limit = limitStep(run, row, before.status === 'running')
  try {
    return await attemptUntilReplayed(run, services, { ...request, limit }, row)
  } finally {
    limit.clear()
  }
}

interface LimitedRequest extends StepRequest {
  readonly limit: StepLimit
}

async function attemptUntilReplayed(
  run: ActiveRun,
  services: StepServices,
  request: LimitedRequest,
  begun: StepRow,
): Promise<StepRow> {
  const { planned, agent } = request
  let row = begun
  for (;;) {
    try {
      return await attemptStep(run, services, request, row)
    } catch (error) {
      // an attempt without a record cannot diverge, so this ends
      if (!(error instanceof ReplayDivergence)) throw error
      run.warn(`step ${planned.id} started afresh: ${error.message}`, planned.id)
      row = { ...row, attempts: row.attempts + 1 }
      run.record({ steps: [row], events: [startedEvent(row)] })
      // only for one that writes: a step that does not may have one beside it that is at work there
      if (agent.writesFiles) await run.workspace.restore(request.inputTree)
    }
  }
}

async function attemptStep(
  run: ActiveRun,
  services: StepServices,
  request: LimitedRequest,
  started: StepRow,
): Promise<StepRow> {
  const { planned, agent, inputTree, limit } = request
  // attempts that were given up were paid for too
  const earlier = sumCalls(run, (call) => call.stepId === planned.id && call.attempt < started.attempts)
  let row: StepRow = { ...started, ...earlier }
  const place = { stepId: planned.id, attempt: row.attempts }
  try {
    const context = createAgentContext(services, {
      run,
      planned,
      attempt: row.attempts,
      inputTree,
      changedSince: firstInputTree(run, agent) ?? inputTree,
      task: await buildTask(run, agent, inputTree, request.artifacts, request.failure),
      journal: createStepJournal(run, planned.id, row.attempts, limit.signal),
      limit,
      onReply(reply) {
        row = {
          ...row,
          model: reply.modelId,
          usage: addUsage(row.usage, reply.usage),
          costUsd: addCost(row.costUsd, reply.costUsd),
        }
        run.steps.set(planned.id, row)
      },
    })
    const produced = checkArtifacts(agent, await agent.run(context))
    const outputTree = agent.writesFiles ? await run.workspace.treeHash() : inputTree
    const packs = await run.packs.collect(outputTree)
    const artifacts = toArtifactRows(produced)
    const endedAt = new Date()
    row = {
      ...row,
      status: 'completed',
      endedAt,
      outputTree,
      artifacts: Object.fromEntries(artifacts.map((artifact) => [artifact.kind, artifact.digest])),
    }
    const durationMs = endedAt.getTime() - (row.startedAt ?? endedAt).getTime()
    run.record({
      steps: [row],
      artifacts,
      packs,
      events: [
        ...artifacts.map(
          ({ kind, digest }): NewEvent => ({
            type: 'artifact.created',
            ...place,
            data: { kind: kind as ArtifactKind, digest },
          }),
        ), // checked against the schemas above
        {
          type: 'step.completed',
          ...place,
          data: { agent: agent.name, durationMs, usage: row.usage, costUsd: row.costUsd },
        },
      ],
    })
    for (const [kind, content] of produced) setArtifact(run, kind, content)
    return row
  } catch (error) {
    if (isStop(error) || error instanceof ReplayDivergence) throw error
    const interruption = interruptionOf(run.signal) ?? interruptionOf(limit.signal)
    if (isStop(interruption)) throw interruption
    // no fault of the step: it is taken up from its last record, and goes on once there is room
    if (isDiskFullError(error)) throw new RunInterruption('unrecorded', { cause: error })
    await recordFailure(run, row, toRunError(interruption ?? error, { step: planned.id, agent: agent.name }))
    throw interruption ?? error
  }
}

/** Why something was told to stop; what the run was told goes before what its step was told. */
function interruptionOf({ aborted, reason }: AbortSignal): unknown {
  return aborted ? reason : undefined
}

/** Whether a step stops without an end: it goes on from its ledger, later or elsewhere. */
function isStop(reason: unknown): boolean {
  return reason instanceof RunInterruption || reason instanceof RunPause
}

/** A fix does not replace what was built before it: its changes are told together with those of the first step. */
function firstInputTree(run: ActiveRun, agent: Agent): string | null {
  const steps = orderInTime(run.claimed.plan, run.steps.values())
  return steps.find((step) => step.agent === agent.name && step.inputTree !== null)?.inputTree ?? null
}

async function recordFailure(run: ActiveRun, row: StepRow, error: RunError): Promise<void> {
  const isCancelled = error.code === 'CANCELLED'
  const place = { stepId: row.id, attempt: row.attempts }
  const agent = row.agent
  await run.write({
    // also what was recorded before a takeover and not replayed yet
    steps: [
      { ...row, ...sumOfStep(run, row.id), status: isCancelled ? 'cancelled' : 'failed', endedAt: new Date(), error },
    ],
    events: [
      isCancelled
        ? { type: 'step.cancelled', ...place, data: { agent } }
        : { type: 'step.failed', ...place, data: { agent, error } },
    ],
  })
}

function startedEvent(row: StepRow): NewEvent {
  return {
    type: 'step.started',
    stepId: row.id,
    attempt: row.attempts,
    data: { agent: row.agent, model: row.model, modelReason: row.modelReason },
  }
}

/** An agent's result must be what it declared, in the documented shape. */
function checkArtifacts(
  agent: Agent,
  produced: Awaited<ReturnType<Agent['run']>>,
): readonly [ArtifactKind, AnyArtifact][] {
  return agent.produces.map((kind) => {
    const parsed = ARTIFACT_SCHEMAS[kind].safeParse(produced[kind])
    if (parsed.success) return [kind, parsed.data]
    const issue = parsed.error.issues[0]
    throw new CodexError(
      'AGENT_FAILED',
      `${agent.name} returned no valid ${kind}: ${issue?.path.join('.')} ${issue?.message}`,
    )
  })
}

function toArtifactRows(produced: readonly [ArtifactKind, AnyArtifact][]): readonly ArtifactRow[] {
  return produced.map(([kind, content]) => ({ kind, content, digest: digestOf({ kind, content }) }))
}
