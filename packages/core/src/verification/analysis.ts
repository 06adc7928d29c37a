import type { AnalyzerOutcome, Finding } from '@codex/protocol'
import type { CommandResult, ReadOnlyMount, SandboxCommand } from '../sandbox/sandbox.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** A finding before the review numbers it. */
export type AnalyzerFinding = Omit<Finding, 'id'>

/** Runs one analyzer in the sandbox over a copy of the tree, without network. */
export type RunAnalyzerCommand = (
  command: SandboxCommand,
  place: { readonly worktree: string; readonly readOnly: readonly ReadOnlyMount[] },
) => Promise<CommandResult>

export interface AnalysisRequest {
  readonly workspace: Workspace
  /** Tree to look at; a copy of it is made, since an agent may be writing in the worktree. */
  readonly tree: string
  /** Tree that the run started from. */
  readonly baseTree: string
  /** `deep` adds what takes seconds. */
  readonly mode: 'fast' | 'deep'
  /** `changes`: only findings on lines that differ between the trees. */
  readonly scope: 'changes' | 'all'
  readonly runCommand: RunAnalyzerCommand
  readonly signal: AbortSignal
}

export interface AnalysisReport {
  readonly findings: readonly AnalyzerFinding[]
  readonly analyzers: readonly AnalyzerOutcome[]
}

/** The objective half of a review: what tools see, always the same on the same tree. */
export interface Analyzer {
  /**
   * Runs every analyzer that has something to look at. One that fails is reported as not run; the others go on.
   * @throws CodexError CANCELLED when aborted
   */
  analyze(request: AnalysisRequest): Promise<AnalysisReport>
}
