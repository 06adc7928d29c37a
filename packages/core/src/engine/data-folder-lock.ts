import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { CodexError } from '@codex/protocol'
import type { Log } from '../logging/log.ts'

const LOCK_FILE = 'lock'
/** What flock(1) says when somebody else has the lock. */
const IS_TAKEN = 1

/**
 * Takes a data folder for this process, whichever database it works on: two would remove each other's worktrees. The
 * lock is flock(2)'s on a file that stays open. The kernel frees it with the process, whatever kills that, so there is no
 * stale one, and no pid is compared. It holds over containers and, as far as their file system passes it on, machines.
 *
 * @returns what gives the folder back
 * @throws CodexError CONFLICT when another living server has it
 * @see https://man7.org/linux/man-pages/man2/flock.2.html
 */
export async function lockDataFolder(dataDir: string, log: Log): Promise<() => Promise<void>> {
  const file = join(dataDir, LOCK_FILE)
  // closed in programs that are started from here, so the lock ends with this process
  const descriptor = openSync(file, 'a+', 0o600)
  const release = async () => closeSync(descriptor)
  try {
    const problem = await tryLock(descriptor)
    if (problem !== null) log.info({ file, problem }, 'a second server on this data folder would not be noticed')
    ftruncateSync(descriptor)
    writeSync(descriptor, `pid ${process.pid} on ${hostname()}\n`)
    return release
  } catch (error) {
    await release()
    if (!(error instanceof Taken)) throw error
    throw new CodexError(
      'CONFLICT',
      `The data folder ${dataDir} is in use by another server (${readHolder(file)}). Stop that server, or give this one ` +
        'a folder of its own with CODEX_DATA_DIR; servers can share a database, but no folder.',
      { data: { dataDir } },
    )
  }
}

class Taken extends Error {}

/**
 * The lock belongs to the open file, so the program that takes it takes it for us.
 * @returns why there can be no lock here; null when it was taken
 */
async function tryLock(descriptor: number): Promise<string | null> {
  const child = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] })
  const code = await once(child, 'exit').then(
    ([exitCode]: unknown[]) => exitCode,
    (error: Error) => error.message, // not installed
  )
  if (code === IS_TAKEN) throw new Taken()
  return code === 0 ? null : `flock: ${String(code)}`
}

function readHolder(file: string): string {
  return readFileSync(file, 'utf8').trim() || 'which starts just now'
}
