import type { Verification } from '@codex/protocol'
import type { CommandResult, SandboxCommand } from '../sandbox/sandbox.ts'
import type { Workspace } from '../workspace/workspace.ts'

export type CoverageGoal = Readonly<Partial<Record<'lines' | 'branches' | 'functions' | 'statements', number>>>

/** Runs a verifier's command; the orchestrator journals it and puts it through the sandbox. */
export type RunVerifierCommand = (
  purpose: 'install' | 'test' | 'custom',
  command: SandboxCommand,
  network: 'none' | 'registry',
) => Promise<CommandResult>

export interface VerifyRequest {
  readonly workspace: Workspace
  readonly baseTree: string
  readonly headTree: string
  /** Asked for by the request; null: found out from the project's own files. */
  readonly framework: string | null
  readonly coverageGoal: CoverageGoal | null
  readonly runCommand: RunVerifierCommand
  readonly signal: AbortSignal
}

export interface Verifier {
  /**
   * Installs what the project needs, executes its tests with coverage and judges what came out.
   * A red result is a verdict, not an error.
   * @throws CodexError SANDBOX_UNAVAILABLE when nothing can be executed at all, CANCELLED when aborted
   */
  verify(request: VerifyRequest): Promise<Verification>
  /** Installs dependencies where the project declares any; null when there is nothing to install. */
  install(request: Pick<VerifyRequest, 'workspace' | 'runCommand' | 'signal'>): Promise<CommandResult | null>
}
