import { CodexError, type OrchestrateRequest, type Session } from '@codex/protocol'
import type { Agent, AgentInput } from '../agents/agent.ts'
import type { ModelService } from '../models/model-service.ts'
import {
  type NormalizedOptions,
  type NormalizeOptionsSettings,
  normalizeOptions,
  OPTION_DEFAULTS,
} from '../task/index.ts'
import type { Workflow } from '../workflows/index.ts'
import type { WorkspaceSource } from '../workspace/workspace.ts'
import { checkSequence, findAgents } from './check-sequence.ts'
import { groupSteps } from './group-steps.ts'
import { invalidField } from './invalid-field.ts'
import type { PlannedStep, RunPlan } from './plan.ts'
import { type PlannedGates, planGates } from './plan-gates.ts'

export interface PlannerSettings {
  readonly agents: readonly Agent[]
  readonly workflows: readonly Workflow[]
  readonly defaultWorkflow: Workflow
  readonly models: Pick<ModelService, 'resolve'>
  readonly defaultTimeoutMs: number
  /** 0: steps are not ended for doing nothing. */
  readonly defaultStallTimeoutMs: number
  readonly allowLocalRepositories: boolean
  readonly parseTestFramework: NonNullable<NormalizeOptionsSettings['parseTestFramework']>
  readonly testFrameworks: readonly string[]
}

/** What a request gets from its session. */
export interface SessionInputs extends Pick<Session, 'repository' | 'context'> {
  /** What the runs before it made, or are going to make. */
  readonly given: ReadonlySet<AgentInput>
}

export interface PlannedRun {
  readonly plan: RunPlan
  readonly agentSequence: readonly string[]
  readonly workflow: string | null
}

/**
 * Decides everything about a run before it is queued: agents in groups, models, what is tested and when.
 * @param goesOnFrom source of the files where the request does not name it
 * @throws CodexError INVALID_REQUEST, UNKNOWN_AGENT or UNSATISFIABLE_SEQUENCE
 */
export function planRun(
  request: OrchestrateRequest,
  settings: PlannerSettings,
  session: SessionInputs | null = null,
  goesOnFrom: WorkspaceSource | null = null,
): PlannedRun {
  const { options, warnings } = normalizeOptions(request.options, settings)
  const workflow = findWorkflow(request, settings)
  const sequence = findAgents(workflow?.agentSequence ?? request.agentSequence ?? [], settings.agents)
  // who names a repository begins anew: what was made for other files would only mislead
  const former = request.repository === undefined ? session : null
  const source = goesOnFrom ?? toSource(request.repository ?? session?.repository ?? undefined, settings)
  checkSequence(sequence, new Set([...givenInputs(options, source), ...(former?.given ?? [])]), settings.agents)

  const toStep = (agent: Agent, id: string): PlannedStep => {
    const choice = settings.models.resolve(agent.name, {
      ...(options.model === undefined ? {} : { model: options.model }),
      ...(options.models === undefined ? {} : { models: options.models }),
    })
    return {
      id,
      agent: agent.name,
      modelId: choice.modelId,
      modelReason: choice.reason,
      fallbackModelId: choice.fallbackModelId,
      agentDigest: agent.digest,
    }
  }
  const ids = new Map<string, number>()
  const steps = sequence.map((agent) => {
    const count = (ids.get(agent.name) ?? 0) + 1
    ids.set(agent.name, count)
    const name = toKebabCase(agent.name)
    return { agent, planned: toStep(agent, count === 1 ? name : `${name}-${count}`) }
  })
  const groups = groupSteps(steps)
  const lastWriting = groups.findLastIndex((group) => group.some((step) => step.agent.writesFiles))
  const writer = findTestWriter(sequence, options)
  const isVerified = (options.verify ?? OPTION_DEFAULTS.verify).enabled && lastWriting >= 0
  const { coverageGoal, ...gates } = planGates(options, workflow)
  return {
    plan: {
      schemaVersion: 1,
      groups: groups.map((group) => group.map((step) => step.planned)),
      fixSteps: settings.agents
        .filter((agent) => agent.name === 'Debug' || agent.name === 'Code')
        .toSorted((a) => (a.name === 'Debug' ? -1 : 1))
        .map((agent) => toStep(agent, toKebabCase(agent.name))),
      maxFixRounds: options.maxFixRounds ?? OPTION_DEFAULTS.maxFixRounds,
      source,
      ...(former === null ? {} : { session: { given: null } }),
      context: { ...session?.context, ...request.context },
      options,
      testing: {
        writer,
        framework: options.testFramework ?? null,
        coverageGoal,
      },
      gates,
      analysis: { mode: options.analyzers ?? OPTION_DEFAULTS.analyzers, scope: options.reviewScope ?? null },
      verifyAfterGroup: isVerified ? lastWriting : null,
      verificationRequired: isVerified && (writer !== null || coverageGoal !== null || asksForMore(gates)),
      budget: request.budget ?? null,
      timeoutMs: options.timeoutS === undefined ? settings.defaultTimeoutMs : options.timeoutS * 1000,
      stallTimeoutMs:
        options.stallTimeoutS === undefined ? settings.defaultStallTimeoutMs : options.stallTimeoutS * 1000,
      warnings: [
        ...warnings,
        ...(lastWriting < 0 && asksForMore(gates)
          ? ['required commands and limits for mutants have no effect: no agent of this sequence changes files']
          : []),
        ...(['candidates'] as const)
          .filter((name) => (options[name] ?? 1) !== 1)
          .map((name) => `option "${name}" has no effect in this version`),
      ],
    },
    agentSequence: sequence.map((agent) => agent.name),
    workflow: request.workflow === undefined ? null : (workflow?.name ?? null),
  }
}

/** Whether something has to hold that only executing can tell. */
function asksForMore({ commands, maxMutantsSurviving }: Omit<PlannedGates, 'coverageGoal'>): boolean {
  return commands.length > 0 || maxMutantsSurviving !== null
}

function findWorkflow(request: OrchestrateRequest, settings: PlannerSettings): Workflow | null {
  if (request.workflow !== undefined && request.agentSequence !== undefined) {
    throw invalidField('workflow', 'give either workflow or agent_sequence, not both')
  }
  if (request.workflow === undefined) return request.agentSequence === undefined ? settings.defaultWorkflow : null
  const found = settings.workflows.find((workflow) => workflow.name === request.workflow?.toLowerCase())
  if (found !== undefined) return found
  const known = settings.workflows.map((workflow) => workflow.name).join(', ')
  throw invalidField('workflow', `there is no workflow "${request.workflow}"; known workflows: ${known}`)
}

/** What options and files give the agents to work on. */
export function givenInputs(options: NormalizedOptions, source: WorkspaceSource): ReadonlySet<AgentInput> {
  const given = new Set<AgentInput>()
  const hasContent = [...(options.existingFiles ?? []), ...(options.codebaseFiles ?? [])].some(
    (f) => f.content !== undefined,
  )
  if (hasContent) given.add('files')
  if (source.kind !== 'empty') given.add('repository')
  if ((options.logs ?? []).length > 0) given.add('logs')
  return given
}

/** Who writes tests: TestGenerator when it takes part, else Code when a framework or a coverage goal is asked for. */
function findTestWriter(sequence: readonly Agent[], options: NormalizedOptions): string | null {
  const names = sequence.map((agent) => agent.name)
  if (names.includes('TestGenerator')) return 'TestGenerator'
  const isAsked = options.testFramework !== undefined || options.coverageGoals !== undefined
  return isAsked && names.includes('Code') ? 'Code' : null
}

/**
 * Where a run's files come from when a repository is named.
 * @throws CodexError FORBIDDEN for a path where the server takes none
 */
export function toSource(
  repository: OrchestrateRequest['repository'],
  settings: Pick<PlannerSettings, 'allowLocalRepositories'>,
): WorkspaceSource {
  const location = repository?.url ?? repository?.path
  if (location === undefined) return { kind: 'empty' }
  const isLocal = repository?.path !== undefined || /^file:/i.test(location)
  if (isLocal && !settings.allowLocalRepositories) {
    throw new CodexError(
      'FORBIDDEN',
      'repositories by path are off on this server; give a https url, or set CODEX_ALLOW_LOCAL_REPOSITORIES=true on it',
    )
  }
  return { kind: 'repository', location, ...(repository?.ref === undefined ? {} : { ref: repository.ref }) }
}

function toKebabCase(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
}
