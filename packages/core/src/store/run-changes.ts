import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'

/** Tells of changes of runs after they were committed. */
export interface RunChanges {
  /** Stands before everything that is told from here, so that listeners in this process know what they know already. */
  readonly sender: string
  /**
   * Tells of a committed change: listeners in this process at once, those of other nodes a few milliseconds later, many
   * runs in one message. What is lost with a crash in between is found by looking at the tables again.
   * @param isStatus whether the run's status changed, as at its end
   */
  tell(runId: string, isStatus: boolean): void
  /** Nobody else works on this database: nothing is told beyond this process from now on. */
  stayHere(): void
  /** Calls back on each change that is told from here until the returned function is called. */
  onChange(listener: (runId: string, isStatus: boolean) => void): () => void
}

/** Channel of the messages between nodes: the sender, then runs, those with another status marked. */
export const CHANGES_CHANNEL = 'codex_changes'

/** Changes of this time go into one message. */
const GATHER_MS = 5
/** A message holds 8,000 bytes at most. */
const RUNS_PER_MESSAGE = 150
const STATUS_MARK = '!'

// A NOTIFY makes its commit hold a lock that all other notifying commits wait for while it reaches the disk: one by one
// they come to 190 a second where there could be 2,000. So it is not part of the statements that write runs, and
// this one need not reach the disk.
const TELL = `SELECT set_config('synchronous_commit', 'off', true), pg_notify('${CHANGES_CHANNEL}', message)
  FROM unnest($1::text[]) AS message`

const known = new WeakMap<Pool, RunChanges>()

/** The changes that are made over a pool of connections; the same for everybody who has the pool. */
export function changesOf(pool: Pool): RunChanges {
  const found = known.get(pool) ?? createRunChanges(pool)
  known.set(pool, found)
  return found
}

function createRunChanges(pool: Pool): RunChanges {
  const sender = randomUUID()
  const listeners = new Set<(runId: string, isStatus: boolean) => void>()
  let gathered = new Map<string, boolean>()
  let isAlone = false
  const send = (): void => {
    const messages = toMessages(sender, gathered)
    gathered = new Map()
    // the database is away: its connections break for listeners too, and those look again once they are back
    pool.query({ name: 'tell-changes', text: TELL, values: [messages] }).catch(() => {})
  }
  return {
    sender,
    tell(runId, isStatus) {
      if (!isAlone) {
        if (gathered.size === 0) setTimeout(send, GATHER_MS)
        gathered.set(runId, isStatus || gathered.get(runId) === true)
      }
      for (const listener of listeners) listener(runId, isStatus)
    },
    stayHere() {
      isAlone = true
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function toMessages(sender: string, changes: ReadonlyMap<string, boolean>): readonly string[] {
  const tokens = [...changes].map(([runId, isStatus]) => (isStatus ? `${runId}${STATUS_MARK}` : runId))
  const count = Math.ceil(tokens.length / RUNS_PER_MESSAGE)
  return Array.from({ length: count }, (_, index) =>
    [sender, ...tokens.slice(index * RUNS_PER_MESSAGE, (index + 1) * RUNS_PER_MESSAGE)].join(' '),
  )
}

export function parseMessage(message: string): {
  readonly sender: string
  readonly changes: readonly { readonly runId: string; readonly isStatus: boolean }[]
} {
  const [sender = '', ...tokens] = message.split(' ')
  const changes = tokens.map((token) => ({
    runId: token.endsWith(STATUS_MARK) ? token.slice(0, -STATUS_MARK.length) : token,
    isStatus: token.endsWith(STATUS_MARK),
  }))
  return { sender, changes }
}
