import { execFile } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { promisify } from 'node:util'

/** Where and on what something was measured. */
export interface Machine {
  readonly date: string
  readonly commit: string
  readonly cores: number
  readonly cpu: string
  /** One-minute averages. */
  readonly load: { readonly before: number; readonly after: number }
  readonly node: string
  readonly postgres: string
}

/** @param postgres its version, as it tells it */
export async function describeMachine(loadBefore: number, postgres: string): Promise<Machine> {
  const git = promisify(execFile)('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname })
  const commit = await git.then(({ stdout }) => stdout.trim()).catch(() => 'unknown') // not a checkout
  return {
    date: new Date().toISOString().slice(0, 10),
    commit,
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    load: { before: loadBefore, after: loadOf() },
    node: process.versions.node,
    postgres,
  }
}

/** One line for the end of a table. */
export function toMachineLine(machine: Machine): string {
  const { date, commit, cores, cpu, load, node, postgres } = machine
  return `${date}, commit ${commit}: ${cores} cores (${cpu}), load ${load.before.toFixed(1)} before and ${load.after.toFixed(1)} after, Node ${node}, Postgres ${postgres}, fsync on.`
}

export function loadOf(): number {
  return loadavg()[0] ?? 0
}
