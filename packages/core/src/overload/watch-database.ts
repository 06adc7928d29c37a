import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import type { Log } from '../logging/log.ts'

/** Knows whether the database answers, without anybody having to wait for it. */
export interface DatabaseWatch {
  /** Why nothing works now, in words for callers; null while the database answers. */
  problem(): string | null
  /** Rejects nothing and resolves with the problem once there is one; at once when there is. */
  untilProblem(signal: AbortSignal): Promise<string>
  /** Looks now rather than with the next beat: somebody saw a connection break. */
  look(): void
  stop(): Promise<void>
}

export interface DatabaseWatchSettings {
  readonly url: string
  readonly log: Log
  /** Called when the server takes statements and answers none: its connections are of no use. */
  readonly onFrozen: () => void
  /** For tests. */
  readonly timing?: Partial<typeof TIMING>
}

const TIMING = {
  beatMs: 1_000,
  /** Without an answer for so long, requests are turned away. */
  slowMs: 3_000,
  /** Without an answer for so long, connections are given up. */
  frozenMs: 8_000,
  retryMs: 500,
}

/**
 * Asks the database over a connection of its own once a second. Its own, so that a busy pool is not taken for a database
 * that is gone; and so that requests need not find out one by one, each holding a connection meanwhile.
 */
export function watchDatabase({ url, log, onFrozen, timing }: DatabaseWatchSettings): DatabaseWatch {
  const { beatMs, slowMs, frozenMs, retryMs } = { ...TIMING, ...timing }
  const stopping = new AbortController()
  let problem: string | null = null
  let client: Client | null = null
  let wake = () => {}
  const waiting = new Set<(found: string) => void>()

  const setProblem = (next: string | null): void => {
    if (next !== null && problem === null) log.error({ problem: next }, 'the database does not answer')
    if (next === null && problem !== null) log.info({}, 'the database answers again')
    problem = next
    if (next === null) return
    for (const tell of waiting) tell(next)
    waiting.clear()
  }
  const pause = async (ms: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    await Promise.race([promise, delay(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => {})])
  }
  const ask = async (): Promise<void> => {
    if (client === null) {
      const next = new Client({ connectionString: url, application_name: 'codex-watch', keepAlive: true })
      next.on('error', () => {}) // the question fails with it
      client = next
      next.once('end', () => {
        if (client === next) client = null
        wake()
      })
      await next.connect()
    }
    await client.query('SELECT 1')
  }
  const giveUp = (): void => {
    const frozen = client
    client = null
    // it would wait for the server's goodbye
    void frozen?.end().catch(() => {})
    ;(frozen as unknown as { connection?: { stream?: { destroy(): void } } } | null)?.connection?.stream?.destroy()
  }
  const beat = async (): Promise<void> => {
    const asked = ask().then(
      () => null,
      (error: unknown) => describe(error),
    )
    const answer = await within(asked, slowMs)
    if (answer !== LATE) {
      setProblem(answer)
      if (answer !== null) giveUp()
      return
    }
    setProblem(`no answer for ${slowMs / 1_000} s`)
    const late = await within(asked, frozenMs - slowMs)
    if (late === LATE) {
      giveUp()
      onFrozen()
    } else {
      setProblem(late)
      if (late !== null) giveUp()
    }
  }
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await beat()
      if (!stopping.signal.aborted) await pause(problem === null ? beatMs : retryMs)
    }
    giveUp()
  })()

  return {
    problem: () => problem,
    async untilProblem(signal) {
      if (problem !== null) return problem
      const { promise, resolve } = Promise.withResolvers<string>()
      waiting.add(resolve)
      signal.addEventListener('abort', () => waiting.delete(resolve), { once: true })
      return await promise
    },
    look: () => wake(),
    async stop() {
      stopping.abort()
      giveUp()
      await watching
    },
  }
}

const LATE: unique symbol = Symbol('late')

/** An answer, unless it takes too long. One that came while this process was held up counts. */
async function within(answer: Promise<string | null>, ms: number): Promise<string | null | typeof LATE> {
  const stop = new AbortController()
  const late = delay(ms, null, { signal: stop.signal, ref: false }).then(async (): Promise<typeof LATE> => {
    await new Promise((resolve) => setImmediate(resolve)) // what arrived meanwhile is read first
    await new Promise((resolve) => setImmediate(resolve))
    return LATE
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    stop.abort()
    late.catch(() => {}) // its end by the abort
  }
}

function describe(error: unknown): string {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  return inner instanceof Error ? inner.message : String(inner)
}
