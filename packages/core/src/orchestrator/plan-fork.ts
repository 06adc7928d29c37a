import {
  type ArtifactKind,
  CodexError,
  type ForkRunInput,
  type OrchestrateRequest,
  type RequestOptions,
} from '@codex/protocol'
import { digestOf } from './digest.ts'
import { invalidField } from './invalid-field.ts'
import type { RunPlan } from './plan.ts'
import { type PlannedRun, type PlannerSettings, planRun } from './plan-run.ts'
import type { OriginRun } from './read-origin.ts'
import { type TakenRun, takeOver } from './take-over.ts'
import type { TimelineUnit } from './timeline.ts'

export interface PlannedFork extends PlannedRun {
  readonly prompt: string
  /** Null when the origin had not even a base: everything is done anew. */
  readonly taken: TakenRun | null
}

type Fork = Pick<ForkRunInput, 'fromStep' | 'overrides'>
type Overrides = NonNullable<ForkRunInput['overrides']>

/**
 * Plans a run that takes everything before a step over from another one, and does the rest as the overrides say.
 * @throws CodexError INVALID_REQUEST (unknown step, or overrides that do not go with what is taken over), CONFLICT (a
 *   step before was not completed), UNKNOWN_AGENT, UNSATISFIABLE_SEQUENCE
 */
export function planFork(origin: OriginRun, fork: Fork, settings: PlannerSettings): PlannedFork {
  const { row } = origin
  const { fromStep, overrides = {} } = fork
  const units = unitsBefore(origin, fromStep)
  if (row.baseTree !== null) refuseFiles(overrides)
  const request = toRequest(origin, fromStep, overrides)
  const { session } = row.plan
  const given = new Set(Object.keys(session?.given ?? {}) as ArtifactKind[]) // pinned by this service
  const inputs = session === undefined ? null : { repository: null, context: {}, given }
  const { agentSequence, workflow, ...fresh } = planRun(request, settings, inputs, row.plan.source)
  // what the origin was given by its session stays what it was
  const plan = { ...fresh.plan, ...(session === undefined ? {} : { session }) }
  const planned = { prompt: request.prompt, agentSequence, workflow }
  if (row.baseTree === null) return { ...planned, plan, taken: null }
  const verifyAgain = mustVerifyAgain(row.plan, plan, units, fromStep)
  const taken = takeOver({ originId: row.id, baseTree: row.baseTree, plan, units, verifyAgain })
  return { ...planned, plan: taken.plan, taken }
}

function unitsBefore({ row, units }: OriginRun, id: string): readonly TimelineUnit[] {
  const cut = units.findIndex((unit) => unit.id === id)
  if (cut === -1) {
    const known = units.map((unit) => unit.id)
    throw new CodexError('INVALID_REQUEST', `run ${row.id} has no step "${id}"; its steps: ${known.join(', ')}`, {
      issues: [{ path: 'fromStep', message: `must be one of ${known.join(', ')}` }],
      data: { known },
    })
  }
  const open = units.slice(0, cut).find((unit) => !unit.isCompleted)
  if (open === undefined) return units.slice(0, cut)
  throw new CodexError(
    'CONFLICT',
    `step "${open.id}" of run ${row.id} comes before "${id}" and has not completed; fork from "${open.id}" or an earlier one${row.endedAt === null ? ', or try again later' : ''}`,
    { requestId: row.id },
  )
}

/** Files that came with the request are part of the tree that every step was built on. */
function refuseFiles({ options = {} }: Overrides): void {
  for (const name of ['existingFiles', 'codebaseFiles'] as const) {
    if (options[name] === undefined) continue
    throw invalidField(
      `overrides.options.${name}`,
      `${name} cannot be changed by a fork, since the files are in what its steps started from; submit a new run`,
    )
  }
}

/** The request that the origin would have been with the overrides. */
function toRequest({ row, units }: OriginRun, fromStep: string, overrides: Overrides): OrchestrateRequest {
  const { plan } = row
  const { other, ...known } = plan.options
  const { agentSequence: tail } = overrides
  const asked = { ...known, ...other, ...overrides.options } as RequestOptions // normalized options are options
  const common = {
    prompt: overrides.prompt ?? row.prompt,
    context: overrides.context ?? plan.context,
    ...(plan.budget === null ? {} : { budget: plan.budget }),
  }
  if (tail === undefined) {
    const sequence = row.workflow === null ? { agentSequence: row.agentSequence } : { workflow: row.workflow }
    return { ...common, ...sequence, options: asked }
  }
  const kept = plan.groups.flat().findIndex((step) => step.id === fromStep)
  if (kept === -1) {
    throw invalidField(
      'overrides.agentSequence',
      `agent_sequence can be changed from a step of the sequence on, not from "${fromStep}"; use one of ${units
        .filter((unit) => unit.row !== null && unit.round === 0)
        .map((unit) => unit.id)
        .join(', ')}`,
    )
  }
  const agentSequence = [...row.agentSequence.slice(0, kept), ...tail]
  return { ...common, agentSequence, options: { ...workflowGates(plan), ...asked } }
}

/** What the workflow asked for holds on when its sequence is left. */
function workflowGates({ gates, testing }: RunPlan): RequestOptions {
  const { severityThreshold, maxMutantsSurviving, integrity, mutants, commands } = gates
  return {
    integrity,
    mutants,
    ...(severityThreshold === null ? {} : { severityThreshold }),
    ...(maxMutantsSurviving === null ? {} : { maxMutantsSurviving }),
    ...(commands.length === 0 ? {} : { verify: { commands: [...commands] } }),
    ...(testing.coverageGoal === null ? {} : { coverageGoals: { ...testing.coverageGoal } }),
  }
}

/**
 * Whether the verification before the cut says nothing for the new plan: it looks at something else, or at another place.
 * @throws CodexError INVALID_REQUEST when fixes were built on it
 */
function mustVerifyAgain(before: RunPlan, now: RunPlan, units: readonly TimelineUnit[], fromStep: string): boolean {
  if (!units.some((unit) => unit.row === null)) return false
  if (digestOf(describeVerification(before)) === digestOf(describeVerification(now))) return false
  if (!units.some((unit) => unit.round > 0)) return true
  throw new CodexError(
    'INVALID_REQUEST',
    `the overrides change what is verified, or where, and the fix rounds before "${fromStep}" were made for what it was; fork from "verify" or an earlier step`,
    { issues: [{ path: 'fromStep', message: 'must be "verify" or an earlier step for these overrides' }] },
  )
}

function describeVerification({ testing, gates, groups, verifyAfterGroup }: RunPlan): unknown {
  const { severityThreshold: _judgedLater, ...checked } = gates
  const steps = verifyAfterGroup === null ? [] : groups.slice(0, verifyAfterGroup + 1).flat()
  return { testing, checked, steps: steps.map((step) => step.id) }
}
