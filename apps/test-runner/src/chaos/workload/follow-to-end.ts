import { setTimeout as delay } from 'node:timers/promises'
import { type Clients, type DriveSettings, failAfter, RETRY_MS } from './clients.ts'

/** What a watcher of one run saw; filled while it watches. */
export interface Watched {
  /** Numbers of the events in the order in which they came. */
  readonly seqs: number[]
  /** The terminal event; null before it. */
  end: string | null
  connections: number
}

const TERMINAL: ReadonlySet<string> = new Set(['run.completed', 'run.failed', 'run.cancelled'])
/** A node that is frozen says nothing and does not hang up: after a while another one is asked. */
const IDLE_MS = 12_000

/** Watches a run to its end, from another node whenever one does not go on. @throws Error at the deadline */
export async function followToEnd(
  runId: string,
  watched: Watched,
  { clients, settings, onWaiting }: { clients: Clients; settings: DriveSettings; onWaiting: () => void },
): Promise<void> {
  const { deadline } = settings
  while (watched.end === null) {
    if (Date.now() > deadline) throw new Error(`run ${runId} did not end in time`)
    watched.connections += 1
    try {
      const events = clients.anyNode().events(runId, watched.seqs.at(-1) ?? 0)
      for await (const { seq, type } of withIdleLimit(events, deadline)) {
        watched.seqs.push(seq)
        if (TERMINAL.has(type)) watched.end ??= type
        if (type === 'run.waiting') onWaiting()
      }
    } catch {
      // its node is down: the next one is asked for what comes after
    }
    if (watched.end === null) await delay(RETRY_MS)
  }
}

async function* withIdleLimit<T>(source: AsyncIterable<T>, deadline: number): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      const left = Math.max(0, Math.min(IDLE_MS, deadline - Date.now()))
      const next = await Promise.race([iterator.next(), failAfter(left)])
      if (next.done === true) return
      yield next.value
    }
  } finally {
    void iterator.return?.(undefined)?.catch(() => {}) // broken already
  }
}
