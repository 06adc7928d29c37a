import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { descendants, findOnlyChild, type ProcessRow, readProcess, readProcTable } from './process-table.ts'
import type { ProcessTree } from './process-tree.ts'

/** How long bwrap may take to make process 1 of the sandbox before a kill falls back on bwrap itself. */
const MADE_WITHIN_MS = 2_000
const LOOK_EVERY_MS = 5

/**
 * Follows a sandbox by bwrap's only child. With `--as-pid-1` it is process 1 of its pid namespace, the command's launcher:
 * killing it kills everything inside, and bwrap ends only when that has happened.
 *
 * bwrap would name it on `--json-status-fd`, but it does so before it lets the child go on: when nobody reads any more,
 * since the service was killed, bwrap dies of SIGPIPE there, and the child waits for it for ever.
 * @param started brings a byte when the launcher runs inside the finished sandbox
 */
export function followBubblewrap(child: ChildProcess, started: Readable): ProcessTree {
  let init: ProcessRow | null = null
  let isKillWanted = false
  let isStarted = false
  const isThere = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null
  const findInit = () => {
    if (init === null && child.pid !== undefined && isThere()) init = findOnlyChild(child.pid)
  }
  started.once('data', () => {
    isStarted = true
    findInit()
  })

  // The start time guards against a reused pid.
  const isInitThere = () => init !== null && readProcess(init.pid)?.startTicks === init.startTicks
  const killInit = () => {
    if (init !== null && isInitThere()) sendKill(init.pid)
  }
  const killWhenMade = (leftMs: number): void => {
    if (!isThere() || child.pid === undefined) return
    findInit()
    if (init !== null) killInit()
    else if (leftMs <= 0) sendKill(-child.pid)
    else setTimeout(killWhenMade, LOOK_EVERY_MS, leftMs - LOOK_EVERY_MS)
  }

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
      else if (!isKillWanted) killWhenMade(MADE_WITHIN_MS)
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
