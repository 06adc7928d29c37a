import type { ExitStatus } from './exit-status.ts'
import type { CommandResult, SandboxCommand, SandboxDriver, SandboxLimitName, SandboxPolicy } from './sandbox.ts'
import type { Supervised } from './supervise.ts'

/** Kernel limits tell of themselves by a signal. */
const LIMIT_SIGNALS: Readonly<Record<string, SandboxLimitName>> = { SIGXCPU: 'cpu', SIGXFSZ: 'file_size' }

/** Puts together what a driver knows and what was seen. */
export function toCommandResult(
  driver: SandboxDriver,
  command: SandboxCommand,
  policy: SandboxPolicy,
  environment: Readonly<Record<string, string>>,
  { code: _code, signal: _signal, limit, ...seen }: Supervised,
  status: ExitStatus,
  deniedHosts: readonly string[] = [],
): CommandResult {
  return {
    argv: command.argv,
    cwd: command.cwd ?? '.',
    envNames: Object.keys(environment).sort(),
    ...seen,
    ...status,
    limit: limit ?? (status.signal === null ? null : (LIMIT_SIGNALS[status.signal] ?? null)),
    limits: policy.limits,
    network: policy.network === 'none' ? [] : policy.network.allow,
    deniedHosts,
    driver: driver.name,
    isolated: driver.isolated,
  }
}
