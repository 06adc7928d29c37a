import { CodexError } from '@codex/protocol'
import type { HostileProgram } from './hostile/hostile-program.ts'
import { HOSTILE_PROGRAMS } from './hostile/hostile-programs.ts'
import { runHostileSuite } from './hostile/run-hostile-suite.ts'
import type { SandboxDriver, SandboxProbe } from './sandbox.ts'

/**
 * One program of each kind of escape; together they take under a second. All of them are harmless, since a driver that
 * leaks lets them do on this machine what they try.
 */
export const PROBE_PROGRAMS: readonly HostileProgram[] = HOSTILE_PROGRAMS.filter(({ name }) =>
  [
    ...['read-secret', 'write-outside', 'write-system'], // files of the host
    ...['host-loopback', 'unix-socket'], // its network and services
    ...['environment', 'read-bystander', 'signal-bystander', 'daemon'], // its processes, and what outlives the command
    ...['is-root', 'set-id-file', 'namespaces'], // more rights than were given
  ].includes(name),
)

/**
 * Runs a mini hostile set through a driver. A driver that does not start, or lets one of the programs out, is refused.
 * @param explain turns the reason of a failed start into what would help
 */
export async function probeDriver(
  driver: SandboxDriver,
  explain: (reason: string) => SandboxProbe = (reason) => ({ available: false, reason }),
): Promise<SandboxProbe> {
  try {
    const outcomes = await runHostileSuite(driver, { programs: PROBE_PROGRAMS })
    const leaks = outcomes.filter(({ verdict }) => verdict === 'leaked')
    if (leaks.length === 0) return { available: true }
    const list = leaks.map(({ name, evidence }) => `${name} (${evidence})`).join(', ')
    return { available: false, reason: `${driver.name} does not contain hostile programs here: ${list}` }
  } catch (error) {
    if (!CodexError.isInstance(error)) throw error
    return explain(error.message)
  }
}
