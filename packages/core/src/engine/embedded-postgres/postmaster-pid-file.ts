import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProcessAlive, isWorkingIn } from './process-state.ts'

/** A running postmaster as its own pid file describes it. */
export interface RunningPostmaster {
  readonly pid: number
  readonly port: number
  /** Whether it says that it accepts connections. */
  readonly isReady: boolean
}

/**
 * Reads `postmaster.pid` and checks that the process is there and is a postmaster of this cluster.
 *
 * @param cluster absolute path without symbolic links
 * @returns null when none runs, also when the file is stale
 * @see https://www.postgresql.org/docs/18/storage-file-layout.html and PostgreSQL's src/include/utils/pidfile.h
 */
export function readRunningPostmaster(cluster: string): RunningPostmaster | null {
  const lines = readLines(cluster)
  const pid = Number(lines?.[0])
  if (!lines || !isWorkingIn(pid, cluster)) return null
  return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' }
}

/**
 * Lets Postgres start over a pid file whose pid now belongs to a stranger, which it would take for a living postmaster.
 * Only the pid is replaced, by our own, since Postgres takes its parent's pid for stale. The other lines stay: with them
 * it finds out that backends of the dead postmaster still use the shared memory.
 */
export function disarmStalePidFile(cluster: string): void {
  const lines = readLines(cluster)
  const pid = Number(lines?.[0])
  if (!lines || !isProcessAlive(pid) || isWorkingIn(pid, cluster)) return
  writeFileSync(join(cluster, 'postmaster.pid'), [process.pid, ...lines.slice(1)].join('\n'))
}

function readLines(cluster: string): readonly string[] | null {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
