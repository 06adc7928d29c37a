import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { descendants, type ProcessRow, readProcess, readProcTable } from './process-table.ts'
import type { ProcessTree } from './process-tree.ts'

/** How long bwrap may take to name process 1 of the sandbox before a kill falls back on bwrap itself. */
const NAME_WITHIN_MS = 2_000

export interface SandboxStreams {
  /** What bwrap writes to `--json-status-fd`. */
  readonly status: Readable
  /** Brings a byte when the launcher runs inside the finished sandbox. */
  readonly started: Readable
}

/**
 * Follows a sandbox by what bwrap writes to `--json-status-fd`. With `--as-pid-1` the command's launcher is process 1 of
 * its pid namespace: killing it kills everything inside, and bwrap ends only when that has happened.
 */
export function followBubblewrap(child: ChildProcess, { status, started }: SandboxStreams): ProcessTree {
  let init: ProcessRow | null = null
  let isKillWanted = false
  let text = ''
  let isStarted = false
  started.once('data', () => {
    isStarted = true
  })

  // The start time guards against a reused pid.
  const isInitThere = () => init !== null && readProcess(init.pid)?.startTicks === init.startTicks
  const killInit = () => {
    if (init !== null && isInitThere()) sendKill(init.pid)
  }
  const killGroup = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) sendKill(-child.pid)
  }
  status.on('error', () => undefined) // broken off by the end of bwrap, which is seen anyway
  status.on('data', (chunk: Buffer) => {
    if (init !== null || text.length > 10_000) return
    text += chunk.toString('latin1')
    const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1]
    if (pid === undefined) return
    init = readProcess(Number(pid))
    if (isKillWanted) killInit()
  })

  return {
    list: async (sampleHost) => {
      if (init === null || !isStarted) return []
      const inside = readInside(init)
      if (!isInitThere()) return [] // ended meanwhile, and the number may be another's
      if (inside !== null) return inside
      const table = await sampleHost()
      return table.get(init.pid)?.startTicks === init.startTicks ? descendants(table, init.pid) : []
    },
    kill: () => {
      if (init !== null) killInit()
      else if (!isKillWanted) setTimeout(killGroup, NAME_WITHIN_MS).unref()
      isKillWanted = true
    },
    isGone: () => !isInitThere(),
    // Before the launcher runs, process 1 still has the host's root, and its /tmp is the host's.
    memoryFolders: () =>
      init === null || !isStarted ? [] : [`/proc/${init.pid}/root/tmp`, `/proc/${init.pid}/root/dev/shm`],
  }
}

/**
 * The sandbox's processes by its own /proc, which holds no others: a machine has hundreds. Null when we cannot see it, as
 * when a program made process 1 unreadable for a service that is not root.
 */
function readInside(init: ProcessRow): readonly ProcessRow[] | null {
  try {
    const table = readProcTable(`/proc/${init.pid}/root/proc`)
    return table.has(1) ? [...table.values()] : null
  } catch {
    return null // closed to us, or gone
  }
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
