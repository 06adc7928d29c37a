import { type FSWatcher, mkdirSync, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProcesses } from '../../server/processes.ts'

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
    /** Of the node. */
    readonly pid: () => number | undefined
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
    if (await hasCommand(listener.pid())) await listener.onReached('command')
    isLooking = false
  }, POLL_MS)
  return () => {
    watcher.close()
    clearInterval(timer)
  }
}

async function hasCommand(node: number | undefined): Promise<boolean> {
  for (const { pid } of await findProcesses(COMMAND_MARK)) {
    for (let current: number | null = pid; current !== null; current = await parentOf(current)) {
      if (current === node) return true
    }
  }
  return false
}

async function parentOf(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '') // gone meanwhile
  // the name in brackets may have spaces and brackets of its own
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 1).split(' ')[2])
  return parent > 1 ? parent : null
}
