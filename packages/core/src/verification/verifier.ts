import type { CommandPurpose, SpecArtifact, TestsArtifact, Verification } from '@codex/protocol'
import type { CommandResult, SandboxCommand } from '../sandbox/sandbox.ts'
import type { Workspace } from '../workspace/workspace.ts'

export type CoverageGoal = Readonly<Partial<Record<'lines' | 'branches' | 'functions' | 'statements', number>>>

/** What the verifier runs commands for. */
export type VerifierPurpose = Exclude<CommandPurpose, 'agent' | 'analysis'>

/** Runs a verifier's command; the orchestrator puts it through the sandbox. */
export type RunVerifierCommand = (
  purpose: VerifierPurpose,
  command: SandboxCommand,
  network: 'none' | 'registry',
  /** Less time than the purpose has by itself. */
  wallMs?: number,
) => Promise<CommandResult>

/** A test file that the fixing agent changed, and what it said why. */
export interface TestEditByFix {
  readonly path: string
  readonly reason: string
}

export interface VerifyRequest {
  readonly workspace: Workspace
  readonly baseTree: string
  readonly headTree: string
  /** Trees that were verified earlier in this run, oldest first: their tests may not disappear either. */
  readonly earlierTrees: readonly string[]
  /** Asked for by the request; null: found out from the project's own files. */
  readonly framework: string | null
  readonly coverageGoal: CoverageGoal | null
  /** Whether somebody was asked for tests; where nobody was, their absence is no reason against other gates. */
  readonly testsExpected: boolean
  /** Shell commands that must end with exit code 0. */
  readonly requiredCommands: readonly string[]
  readonly integrity: 'enforce' | 'report' | 'off'
  /** How many faults to seed on changed lines; 0 for none. */
  readonly mutants: number
  /** More surviving ones are a failure; null: they are only reported. */
  readonly maxMutantsSurviving: number | null
  /** Only those of test files count. */
  readonly testEditsByFix: readonly TestEditByFix[]
  /** For the coverage of requirements. */
  readonly spec: SpecArtifact | null
  readonly tests: TestsArtifact | null
  readonly runCommand: RunVerifierCommand
  readonly signal: AbortSignal
}

export interface Verifier {
  /**
   * Installs what the project needs, executes its tests with coverage, checks that they mean something, and judges
   * what came out. A red result is a verdict, not an error.
   * @throws CodexError SANDBOX_UNAVAILABLE when nothing can be executed at all, CANCELLED when aborted
   */
  verify(request: VerifyRequest): Promise<Verification>
  /** Installs dependencies where the project declares any; null when there is nothing to install. */
  install(request: Pick<VerifyRequest, 'workspace' | 'runCommand' | 'signal'>): Promise<CommandResult | null>
}
