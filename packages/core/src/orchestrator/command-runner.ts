import { CodexError, type CommandPurpose } from '@codex/protocol'
import type { CommandResult, ReadOnlyMount, SandboxCommand, SandboxDriver, SandboxLimits } from '../sandbox/sandbox.ts'
import type { NewEvent } from '../store/record-run.ts'
import { throwIfAborted } from './step-journal.ts'

/** What installing packages needs beyond the toolchain. */
export interface RegistryAccess {
  readonly allow: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly readOnly: readonly ReadOnlyMount[]
}

/** How a run's commands reach the sandbox. */
export interface CommandEnvironment {
  /** Null when no driver works here; verification is then reported as not run. */
  readonly sandbox: SandboxDriver | null
  readonly unavailableReason: string | null
  limitsFor(purpose: CommandPurpose): SandboxLimits
  /** `host:port` pairs of the package registry, read from the package manager's configuration. */
  registry(): Promise<RegistryAccess>
}

/**
 * Runs one command of a run in the sandbox.
 * @throws CodexError SANDBOX_UNAVAILABLE, or the signal's reason when aborted
 */
export async function runInSandbox(
  environment: CommandEnvironment,
  worktree: string,
  command: SandboxCommand,
  options: {
    readonly purpose: CommandPurpose
    readonly network: 'none' | 'registry'
    readonly signal: AbortSignal
    readonly readOnly?: readonly ReadOnlyMount[]
    /** Less time than the purpose has by itself. */
    readonly wallMs?: number | undefined
    /** Called whenever the command writes something. */
    readonly onOutput?: (() => void) | undefined
  },
): Promise<CommandResult> {
  const { sandbox } = environment
  if (sandbox === null) {
    throw new CodexError('SANDBOX_UNAVAILABLE', environment.unavailableReason ?? 'no sandbox works on this machine')
  }
  const limits = environment.limitsFor(options.purpose)
  const registry = options.network === 'registry' ? await environment.registry() : null
  const result = await sandbox.run(
    { ...command, env: { ...registry?.env, ...command.env } },
    {
      worktree,
      readOnly: [...(options.readOnly ?? []), ...(registry?.readOnly ?? [])],
      network: registry === null ? 'none' : { allow: registry.allow },
      limits: { ...limits, wallMs: Math.min(limits.wallMs, options.wallMs ?? Number.POSITIVE_INFINITY) },
    },
    { signal: options.signal, onOutput: options.onOutput },
  )
  throwIfAborted(options.signal)
  return result
}

/** The events that tell of a command: what it did, and each host that it was kept from. */
export function commandEvents(
  purpose: CommandPurpose,
  result: CommandResult,
  stepId: string,
  attempt: number,
): readonly NewEvent[] {
  const at = { stepId, attempt }
  const executed: NewEvent = {
    type: 'command.executed',
    ...at,
    data: {
      purpose,
      argv: [...result.argv],
      exitCode: result.exitCode,
      limit: result.limit,
      durationMs: result.durationMs,
      deniedHosts: [...result.deniedHosts],
    },
  }
  const denied = result.deniedHosts.map((host): NewEvent => ({ type: 'egress.denied', ...at, data: { purpose, host } }))
  return [executed, ...denied]
}
