import {
  type AnyArtifact,
  type ArtifactKind,
  type Artifacts,
  type CommandEvidence,
  NO_USAGE,
  type Run,
  type RunMetadata,
  type RunStep,
  type RunSummary,
  type Verification,
} from '@codex/protocol'
import type { ListedRun } from '../store/list-runs.ts'
import type { RunRow } from '../store/read-run.ts'
import type { StepRow } from '../store/record-run.ts'
import { addCost, addUsage } from './active-run.ts'
import { describeTests } from './describe-tests.ts'
import { orderInTime } from './order-in-time.ts'

const PROMPT_PREVIEW_CHARACTERS = 200

/** A run as every transport answers it, out of its rows. `artifacts` holds contents by digest. */
export function presentRun(row: RunRow, steps: readonly StepRow[], artifacts: ReadonlyMap<string, unknown>): Run {
  const newest: Artifacts = {}
  for (const step of orderInTime(row.plan, steps)) {
    for (const [kind, digest] of Object.entries(step.artifacts)) {
      Object.assign(newest, { [kind]: artifacts.get(digest) })
    }
  }
  const tests = describeTests(newest, row.verification)
  if (tests !== null) newest.tests = tests
  return {
    requestId: row.id,
    status: row.status as Run['status'], // written by this service
    result: {
      ...newest,
      output: lastOutput(row, steps, newest),
      patch: row.patch,
      verification: presentVerification(row, newest),
      steps: steps.map((step) => presentStep(step, row.originId)),
    },
    metadata: presentMetadata(row, steps),
    ...(row.error === null ? {} : { error: row.error }),
    ...presentWaiting(row),
  }
}

/** jsonb holds times as text. */
function presentWaiting({ waiting }: ListedRun): Pick<Run, 'waiting'> {
  return waiting === null ? {} : { waiting: { ...waiting, since: new Date(waiting.since) } }
}

/** Rows of earlier versions lack what was measured later: it is told as not there. */
function presentVerification({ verification }: RunRow, { review }: Artifacts): Run['result']['verification'] {
  if (verification === null) return null
  const {
    gates = [],
    integrity = null,
    packages = null,
    requirements = [],
    unsandboxed = false,
  } = verification as Partial<Verification>
  const commands = verification.commands.map((command) => {
    const { limits = null, treeBefore = null, treeAfter = null } = command as Partial<CommandEvidence>
    return { ...command, limits, treeBefore, treeAfter }
  })
  const findings = [...(review?.findings ?? []), ...(integrity?.findings ?? [])]
  return { ...verification, gates, integrity, packages, requirements, unsandboxed, commands, findings }
}

/** A run as lists show it. */
export function presentSummary(row: ListedRun, steps: readonly StepRow[]): RunSummary {
  return {
    requestId: row.id,
    status: row.status as Run['status'], // written by this service
    prompt: row.prompt.slice(0, PROMPT_PREVIEW_CHARACTERS),
    metadata: presentMetadata(row, steps),
    ...(row.error === null ? {} : { error: row.error }),
    ...presentWaiting(row),
  }
}

/** The artifact of the last agent of the sequence that has one. */
function lastOutput(row: RunRow, steps: readonly StepRow[], newest: Artifacts): AnyArtifact | null {
  for (const agent of row.agentSequence.toReversed()) {
    const step = steps.findLast((candidate) => candidate.agent === agent && Object.keys(candidate.artifacts).length > 0)
    const kind = step === undefined ? undefined : (Object.keys(step.artifacts)[0] as ArtifactKind) // checked when written
    if (kind !== undefined) return newest[kind] ?? null
  }
  return null
}

function presentStep(step: StepRow, originId: string | null): RunStep {
  const { startedAt, endedAt } = step
  return {
    id: step.id,
    agent: step.agent,
    status: step.status,
    attempts: step.attempts,
    cached: false,
    model: step.model,
    modelReason: step.modelReason,
    startTime: startedAt,
    endTime: endedAt,
    durationMs: startedAt === null || endedAt === null ? null : endedAt.getTime() - startedAt.getTime(),
    usage: step.usage,
    costUsd: step.costUsd,
    error: step.error,
    // nobody attempted it here
    ...(originId !== null && step.status === 'completed' && step.attempts === 0 ? { reusedFrom: originId } : {}),
  }
}

function presentBudget(
  { plan, activeMs, activeSince }: ListedRun,
  steps: readonly StepRow[],
): Pick<RunMetadata, 'budget'> {
  if (plan.budget === null) return {}
  const sinceMs = activeSince === null ? 0 : Math.max(0, Date.now() - activeSince.getTime())
  const used = {
    usd: steps.reduce((sum, step) => sum + (step.costUsd ?? 0), 0),
    tokens: steps.reduce((sum, step) => sum + step.usage.totalTokens, 0),
    durationS: Math.round(activeMs + sinceMs) / 1_000,
  }
  return { budget: { limits: plan.budget, used } }
}

function presentMetadata(row: ListedRun, steps: readonly StepRow[]): RunMetadata {
  const begun = steps.filter((step) => step.startedAt !== null)
  const completed = begun.filter((step) => step.status === 'completed').length
  const startTime = row.startedAt ?? row.createdAt
  return {
    startTime,
    endTime: row.endedAt,
    durationMs: Math.max(0, (row.endedAt ?? new Date()).getTime() - startTime.getTime()),
    agentSequence: row.agentSequence,
    success: row.success,
    successRate: begun.length === 0 ? 0 : Math.round((completed / begun.length) * 1000) / 10,
    usage: steps.reduce((sum, step) => addUsage(sum, step.usage), NO_USAGE),
    costUsd: steps.reduce<number | null>((sum, step) => addCost(sum, step.costUsd), 0),
    warnings: [...new Set([...row.plan.warnings, ...row.warnings])],
    sessionId: row.sessionId,
    workflow: row.workflow,
    verified: row.verified,
    labels: row.labels,
    ...(row.storedBytes === 0 ? {} : { storedBytes: row.storedBytes }),
    ...presentPlace(row),
    ...presentBudget(row, steps),
  }
}

/** Where a run comes from and when it may go; only what there is. */
function presentPlace(row: ListedRun): Partial<RunMetadata> {
  const { originId, originKind, originStep, priority, notBefore, deadline, predecessorId, scheduleId } = row
  const origin = { requestId: originId, kind: originKind, step: originStep } as NonNullable<RunMetadata['origin']> // written together
  return {
    ...(originId === null ? {} : { origin }),
    ...(priority === 0 ? {} : { priority }),
    ...(notBefore === null ? {} : { notBefore }),
    ...(deadline === null ? {} : { deadline }),
    ...(predecessorId === null ? {} : { predecessorId }),
    ...(scheduleId === null ? {} : { scheduleId }),
  }
}
