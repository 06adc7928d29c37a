import type { ArtifactKind, Artifacts } from '@codex/protocol'
import type { z } from 'zod'
import type { ModelReply, ModelRequest } from '../models/model-service.ts'
import type { CommandResult, SandboxCommand } from '../sandbox/sandbox.ts'
import type { AgentTask } from '../task/agent-task.ts'
import type { AnalysisReport } from '../verification/analysis.ts'
import type { FileEdit, Snapshot, Workspace } from '../workspace/workspace.ts'

/**
 * What an agent can build on: artifacts of agents before it, or what the request itself brings
 * (`files` given as options, a `repository`, `logs`).
 */
export type AgentInput = ArtifactKind | 'files' | 'repository' | 'logs'

/** One input: any of these will do; `optional` ones are used when they are there. */
export interface AgentInputRule {
  readonly anyOf: readonly AgentInput[]
  readonly optional: boolean
}

/** A model call as an agent asks for it; the orchestrator adds the model. */
export type AgentModelRequest = Omit<ModelRequest, 'modelId' | 'fallbackModelId'>

/** What the orchestrator hands to an agent. Every model call and command made through it is journaled. */
export interface AgentContext {
  readonly task: AgentTask
  readonly workspace: Workspace
  /** Tree that the run started from, the request's own files included. */
  readonly baseTree: string
  /**
   * Tree that this step starts from. Agents that do not write files read from it and not from the worktree, since
   * one that writes may run beside them.
   */
  readonly inputTree: string
  readonly signal: AbortSignal
  /** Calls the step's model; which one is the orchestrator's choice. */
  callModel(request: AgentModelRequest): Promise<ModelReply>
  /**
   * Calls the step's model for one JSON value of a schema; an answer that breaks it goes back to the model with the
   * validator's message, a limited number of times. The orchestrator makes it out of {@link callModel} and the
   * models' `callStructured`, so that agents need to know nothing of models.
   * @throws CodexError MODEL_OUTPUT_INVALID when the last repair breaks the schema too
   */
  callStructured<Schema extends z.ZodType>(
    request: Omit<AgentModelRequest, 'outputSchema' | 'tools'>,
    schema: Schema,
  ): Promise<z.output<Schema>>
  /** Runs a command in the sandbox without network. */
  runCommand(command: SandboxCommand): Promise<CommandResult>
  /** Installs the project's dependencies in the sandbox (package registry only); null when there is nothing to install. */
  installDependencies(): Promise<CommandResult | null>
  /**
   * Runs the analyzers over the step's input tree.
   * @returns what they found and on which lines it was looked for; null when they are switched off or cannot run here
   */
  analyze(): Promise<(AnalysisReport & { readonly scope: 'changes' | 'all' }) | null>
  /** Commits the worktree and tells what this step changed against its input tree. */
  commit(message: string): Promise<{ readonly snapshot: Snapshot; readonly edits: readonly FileEdit[] }>
  /** Adds to the run's warnings. */
  warn(message: string): void
}

/** One role: what it needs, what it makes, and the function between them. */
export interface Agent {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly aliases: readonly string[]
  readonly consumes: readonly AgentInputRule[]
  readonly produces: readonly ArtifactKind[]
  /** Options it reads, in the SDK's spelling. */
  readonly options: readonly string[]
  /** Whether it changes files; such agents never run beside one another. */
  readonly writesFiles: boolean
  /** sha256 (hex) over prompt, output schema and version. */
  readonly digest: string
  /** @throws CodexError MODEL_OUTPUT_INVALID, AGENT_FAILED or what its model call or command threw */
  run(context: AgentContext): Promise<Partial<Artifacts>>
}
