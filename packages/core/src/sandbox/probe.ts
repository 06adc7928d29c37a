import { CodexError } from '@codex/protocol'
import { HOSTILE_PROGRAMS } from './hostile/hostile-programs.ts'
import { runHostileSuite } from './hostile/run-hostile-suite.ts'
import type { SandboxDriver, SandboxProbe } from './sandbox.ts'

/** One program of each kind of escape; together they take well under two seconds. */
const PROBE_PROGRAMS = [
  ...['write-outside', 'read-secret', 'host-loopback', 'set-id-file', 'environment', 'read-bystander'],
  ...['namespaces', 'write-system', 'daemon'],
]

/**
 * Runs a mini hostile set through a driver. A driver that does not start, or lets one of the programs out, is refused.
 * @param explain turns the reason of a failed start into what would help
 */
export async function probeDriver(
  driver: SandboxDriver,
  explain: (reason: string) => SandboxProbe = (reason) => ({ available: false, reason }),
): Promise<SandboxProbe> {
  const programs = HOSTILE_PROGRAMS.filter(({ name }) => PROBE_PROGRAMS.includes(name))
  try {
    const outcomes = await runHostileSuite(driver, { programs })
    const leaks = outcomes.filter(({ verdict }) => verdict === 'leaked')
    if (leaks.length === 0) return { available: true }
    const list = leaks.map(({ name, evidence }) => `${name} (${evidence})`).join(', ')
    return { available: false, reason: `${driver.name} does not contain hostile programs here: ${list}` }
  } catch (error) {
    if (!CodexError.isInstance(error)) throw error
    return explain(error.message)
  }
}
