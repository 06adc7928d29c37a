import { analyzerOutcome, CodexError, type CommandEvidence, finding } from '@codex/protocol'
import type { z } from 'zod'
import type { AgentContext } from '../agents/agent.ts'
import { callStructured, type ModelReply, type ModelRequest, type ModelService } from '../models/index.ts'
import type { CommandResult, SandboxCommand } from '../sandbox/sandbox.ts'
import type { NewEvent } from '../store/record-run.ts'
import type { AgentTask } from '../task/agent-task.ts'
import type { AnalysisReport, Analyzer } from '../verification/analysis.ts'
import { toCommandEvidence } from '../verification/index.ts'
import type { Verifier } from '../verification/verifier.ts'
import type { FileEdit, Snapshot, Workspace } from '../workspace/workspace.ts'
import type { ActiveRun } from './active-run.ts'
import { callWithinBudget } from './call-within-budget.ts'
import { type CommandEnvironment, commandEvents, runInSandbox } from './command-runner.ts'
import { limitCall } from './limit-call.ts'
import type { StepLimit } from './limit-step.ts'
import type { PlannedStep } from './plan.ts'
import type { StepJournal } from './step-journal.ts'

export interface StepServices {
  readonly models: ModelService
  readonly verifier: Verifier
  /** Null: reviews have no objective half. */
  readonly analyzer: Analyzer | null
  readonly commands: CommandEnvironment
}

export interface StepPlace {
  readonly run: ActiveRun
  readonly planned: PlannedStep
  readonly attempt: number
  readonly inputTree: string
  /** Tree before the run's first step of this agent: what the agent changed is told from there on. */
  readonly changedSince: string
  readonly task: AgentTask
  readonly journal: StepJournal
  readonly limit: StepLimit
  /** Called with each reply, recorded or new, for the step's sums. */
  readonly onReply: (reply: ModelReply) => void
}

/** Characters of a command that are shown where it is only named. */
const SHOWN_CHARACTERS = 80
const SIGNS_OF_LIFE = { request: 'a request to the model', bytes: 'a part of the answer of the model' } as const

const analyzerFinding = finding.omit({ id: true })

/** What an agent gets to work with: every call that costs goes through the step's journal. */
export function createAgentContext(services: StepServices, place: StepPlace): AgentContext {
  const { run, planned, attempt, limit } = place
  const { workspace } = run
  const { signal } = limit
  const { callTimeoutS } = run.claimed.plan.options
  const at = { stepId: planned.id, attempt }
  const journal: StepJournal = {
    async call(kind, ...rest) {
      const outcome = await place.journal.call(kind, ...rest)
      limit.seen(`the end of a ${kind} call`)
      return outcome
    },
  }
  const execute = async (
    worktree: string,
    command: SandboxCommand,
    options: Omit<Parameters<typeof runInSandbox>[3], 'signal' | 'onOutput'>,
  ): Promise<CommandResult> => {
    const name = `the command "${command.argv.join(' ').slice(0, SHOWN_CHARACTERS)}"`
    const output = `output of ${name}`
    limit.seen(`the start of ${name}`)
    const result = await runInSandbox(services.commands, worktree, command, {
      ...options,
      signal,
      onOutput: () => limit.seen(output),
    })
    limit.seen(`the end of ${name}`)
    return result
  }

  const install = (): Promise<CommandResult | null> =>
    services.verifier.install({
      workspace,
      signal,
      runCommand: (purpose, command, network) => execute(workspace.worktree, command, { purpose, network }),
    })

  const journaledCommand = async (
    purpose: 'agent' | 'install',
    request: unknown,
    perform: () => Promise<CommandResult | null>,
  ): Promise<CommandResult | null> => {
    const { result, replayed } = await journal.call('command', { purpose, request }, async () => {
      await workspace.checkOut()
      if (purpose === 'agent' && run.lacksDependencies) await install()
      run.lacksDependencies = false
      const command = await perform()
      const events = command === null ? [] : commandEvents(purpose, command, at.stepId, at.attempt)
      const tree = await workspace.checkIn() // the sandbox ended every process of it
      return { result: { purpose, command, tree }, events, packs: await run.packs.collect(tree) }
    })
    // a replayed command is not repeated: the worktree takes the state it had after it
    if (replayed) await bringBack(workspace, result.tree)
    return result.command
  }

  const limitedModels: Pick<ModelService, 'call' | 'bound'> = {
    bound: (request) => services.models.bound(request),
    call: (request, options) =>
      limitCall({ signal: options.signal, stepId: planned.id, limitS: callTimeoutS }, (limited) =>
        services.models.call(request, {
          ...options,
          signal: limited,
          onActivity: (what) => limit.seen(SIGNS_OF_LIFE[what]),
        }),
      ),
  }

  const callModel: AgentContext['callModel'] = async (request) => {
    const full: ModelRequest = {
      ...request,
      modelId: planned.modelId,
      fallbackModelId: planned.fallbackModelId ?? undefined,
    }
    const { result } = await journal.call('model', describeRequest(full), async (callPlace) => {
      const { reply, settled } = await callWithinBudget(run, limitedModels, { request: full, place: callPlace, signal })
      return {
        result: reply,
        events: [...replyEvents(reply, at), ...settled.events],
        settlements: settled.settlements,
      }
    })
    place.onReply(result)
    return result
  }

  return {
    task: place.task,
    workspace,
    baseTree: run.baseTree,
    inputTree: place.inputTree,
    signal,
    callModel,
    async callStructured(request, schema) {
      // zod's own output type of a generic schema is not inferred through callStructured's
      const typed = schema as typeof schema & z.ZodType<z.output<typeof schema>>
      return (await callStructured(callModel, request, typed)).value
    },
    async runCommand(command: SandboxCommand) {
      const result = await journaledCommand('agent', command, () =>
        execute(workspace.worktree, command, {
          purpose: 'agent',
          network: 'none',
          wallMs: callTimeoutS === undefined ? undefined : callTimeoutS * 1_000,
        }),
      )
      if (result === null) throw new CodexError('INTERNAL', 'a command without a result')
      return result
    },
    async installDependencies() {
      return await journaledCommand('install', {}, install)
    },
    async analyze() {
      const { mode, scope: asked } = run.claimed.plan.analysis
      const scope = asked ?? (place.inputTree === run.baseTree ? 'all' : 'changes')
      const { analyzer, commands } = services
      if (mode === 'off' || analyzer === null) return null
      if (commands.sandbox === null) {
        run.warn('the analyzers were not run: no sandbox works on this machine', planned.id)
        return null
      }
      const request = { tree: place.inputTree, base: run.baseTree, mode, scope }
      const { result } = await journal.call('analysis', request, async () => {
        const executed: CommandEvidence[] = []
        const report = await analyzer.analyze({
          workspace,
          tree: place.inputTree,
          baseTree: run.baseTree,
          mode,
          scope,
          signal,
          async runCommand(command, { worktree, readOnly }) {
            const seen = await execute(worktree, command, { purpose: 'analysis', network: 'none', readOnly })
            executed.push(toCommandEvidence('analysis', seen, { before: place.inputTree, after: null }))
            return seen
          },
        })
        return { result: { ...report, commands: executed }, events: [analysisEvent(report, at)] }
      })
      // jsonb keeps no order of keys, and what the model is asked has to be the same text in a replay
      const findings = result.findings.map((found) => analyzerFinding.parse(found))
      return { findings, analyzers: result.analyzers.map((outcome) => analyzerOutcome.parse(outcome)), scope }
    },
    async commit(message) {
      const makeCommit = async () => {
        const committedAt = Math.floor(Date.now() / 1_000)
        const snapshot = await workspace.commit(message, committedAt)
        const own = await workspace.diff(place.inputTree, snapshot.tree)
        const events = [committedEvent(snapshot, own, at)]
        const packs = await run.packs.collect(snapshot.tree)
        return { result: { ...snapshot, message, committedAt }, events, packs }
      }
      const { result, replayed } = await journal.call('commit', { message }, makeCommit, { isFree: true })
      if (replayed) await bringBack(workspace, result.tree)
      const { tree, commit } = result
      return { snapshot: { tree, commit }, edits: await workspace.diff(place.changedSince, tree) }
    },
    warn(message) {
      run.warn(message, planned.id)
    },
  }
}

/**
 * Brings back the files that a recorded call left. That it cannot be done is no answer for the model, which would go
 * on as if the command had changed nothing.
 */
async function bringBack(workspace: Pick<Workspace, 'restore'>, tree: string): Promise<void> {
  try {
    await workspace.restore(tree)
  } catch (error) {
    if (!CodexError.isInstance(error)) throw error
    const message = `the files after a recorded call cannot be brought back: ${error.message}`
    throw new CodexError('INTERNAL', message, { cause: error })
  }
}

/** What identifies a model call in the ledger: everything that the answer depends on. */
function describeRequest(request: ModelRequest): unknown {
  return {
    modelId: request.modelId,
    system: request.system,
    messages: request.messages,
    tools: Object.keys(request.tools ?? {}),
    structured: request.outputSchema !== undefined,
  }
}

function committedEvent(
  { commit, tree }: Snapshot,
  edits: readonly FileEdit[],
  at: { stepId: string; attempt: number },
): NewEvent {
  const sum = (pick: (edit: FileEdit) => number) => edits.reduce((total, edit) => total + pick(edit), 0)
  const [additions, deletions] = [sum((edit) => edit.additions), sum((edit) => edit.deletions)]
  return { type: 'workspace.committed', ...at, data: { commit, tree, files: edits.length, additions, deletions } }
}

function analysisEvent(report: AnalysisReport, at: { stepId: string; attempt: number }): NewEvent {
  const analyzers = report.analyzers.map(({ name, status, findings }) => ({ name, status, findings }))
  return { type: 'analysis.completed', ...at, data: { findings: report.findings.length, analyzers } }
}

function replyEvents(reply: ModelReply, at: { stepId: string; attempt: number }): readonly NewEvent[] {
  return [
    ...reply.failures.map(
      (failure): NewEvent => ({
        type: 'model.failed',
        ...at,
        data: { model: failure.modelId, code: failure.code, message: failure.message, fallback: reply.modelId },
      }),
    ),
    {
      type: 'model.called',
      ...at,
      data: {
        model: reply.modelId,
        finishReason: reply.finishReason,
        durationMs: reply.durationMs,
        tries: reply.tries,
        usage: reply.usage,
        costUsd: reply.costUsd,
      },
    },
  ]
}
