import { type FSWatcher, mkdirSync, watch } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Commands of the workload carry this, so that they are found among the processes. */
export const COMMAND_MARK = 'chaos-command'

const POLL_MS = 25

/**
 * Sees what a node does on its machine and tells nobody: that it makes a worktree, that a command runs in its sandbox.
 * @returns stops watching
 */
export function watchMachine(
  dataDir: string,
  listener: {
    readonly awaits: (what: 'worktree' | 'command') => boolean
    readonly onReached: (what: 'worktree' | 'command') => Promise<void>
  },
): () => void {
  const runs = join(dataDir, 'runs')
  mkdirSync(runs, { recursive: true })
  const watcher: FSWatcher = watch(runs, (type) => {
    if (type === 'rename' && listener.awaits('worktree')) void listener.onReached('worktree')
  })
  let isLooking = false
  const timer = setInterval(async () => {
    if (isLooking || !listener.awaits('command')) return
    isLooking = true
    if (await hasCommand(dataDir)) await listener.onReached('command')
    isLooking = false
  }, POLL_MS)
  return () => {
    watcher.close()
    clearInterval(timer)
  }
}

/** The sandbox names both the worktree and the command in its own command line. */
async function hasCommand(dataDir: string): Promise<boolean> {
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry)) // no procfs: none found
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))) // gone
  return lines.some((line) => line.includes(COMMAND_MARK) && line.includes(dataDir))
}
