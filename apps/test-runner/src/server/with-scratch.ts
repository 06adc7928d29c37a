import { setTimeout as delay } from 'node:timers/promises'
import { findProcesses } from './processes.ts'
import { createScratch, type Scratch } from './scratch.ts'

const EXIT_INTERRUPTED = 130
/** Servers stop and databases shut down in it; what is left then is killed. */
const PATIENCE_MS = 10_000
const KILL_PATIENCE_MS = 5_000
const POLL_MS = 100

/**
 * Does something that starts servers and databases in a folder of its own, which is removed afterwards. Interrupted
 * (SIGINT, SIGTERM), the program ends with 130 once all of them are gone, however far they had come.
 */
export async function withScratch<Result>(use: (scratch: Scratch) => Promise<Result>): Promise<Result> {
  const scratch = await createScratch()
  let isInterrupted = false
  const interrupt = () => {
    // a terminal and a package manager may both pass the same signal on
    if (isInterrupted) return
    isInterrupted = true
    // what fails from now on fails because it is being ended
    process.on('uncaughtException', () => {})
    void endProcesses(scratch.folder)
      .then(() => scratch.remove())
      .finally(() => process.exit(EXIT_INTERRUPTED))
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    return await use(scratch)
  } finally {
    if (isInterrupted) await new Promise<never>(() => {}) // the process ends when everything is gone
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    await scratch.remove()
  }
}

/** Asks every process that knows the folder to end, also those that come meanwhile, and kills those that do not. */
async function endProcesses(folder: string): Promise<void> {
  const asked = new Set<number>()
  const killAt = Date.now() + PATIENCE_MS
  for (let now = Date.now(); now < killAt + KILL_PATIENCE_MS; now = Date.now()) {
    const found = await findProcesses(folder)
    if (found.length === 0) return
    for (const { pid } of found) {
      if (now > killAt) signal(pid, 'SIGKILL')
      else if (!asked.has(pid)) {
        asked.add(pid)
        signal(pid, 'SIGINT') // a Postgres does not wait for its clients then
        signal(pid, 'SIGCONT') // one that is frozen hears nothing
      }
    }
    await delay(POLL_MS)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // ended meanwhile
  }
}
