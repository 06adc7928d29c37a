import { CodexError, type RunEvent } from '@codex/protocol'
import { call, isWorthRepeating, pauseMs } from './call.ts'
import type { WatchOptions } from './call-options.ts'
import type { Connection } from './connection.ts'
import { type EventConnection, openEventConnection } from './event-connection.ts'
import { TERMINAL_EVENTS, TERMINAL_STATUSES } from './terminal.ts'
import { toCodexError } from './to-codex-error.ts'
import { wait } from './wait.ts'

/** A connection that held for so long counts as recovered: later failures are counted anew. */
const STEADY_AFTER_MS = 10_000

/**
 * The events of a run in order, each exactly once, over as many connections as it takes; ends after the terminal one.
 * Nothing is opened before the first event is asked for; leaving the loop closes the connection.
 * @throws CodexError NOT_FOUND and the like at once; UNAVAILABLE when reconnecting failed for `reconnectForMs`
 */
export function watchRun(
  connection: Connection,
  requestId: string,
  options: WatchOptions = {},
): AsyncIterable<RunEvent> {
  return { [Symbol.asyncIterator]: () => iterate(connection, requestId, options) }
}

async function* iterate(
  connection: Connection,
  requestId: string,
  { after = 0, signal }: WatchOptions,
): AsyncGenerator<RunEvent, void, undefined> {
  const { settings } = connection
  let last = after
  let failures = 0
  let lostSince: number | undefined
  let isKnownToHaveEnded = false
  for (;;) {
    signal?.throwIfAborted()
    const stream = openEventConnection(connection, requestId, last)
    const seen = last
    let connectedAt = Number.POSITIVE_INFINITY
    let failure: CodexError
    try {
      for (;;) {
        const happening = await nextUnlessAborted(stream, signal)
        if (happening.kind === 'connected') connectedAt = Date.now()
        if (happening.kind === 'lost') throw toCodexError(happening.reason, settings.url)
        if (happening.kind === 'ended') break
        if (happening.kind !== 'event' || happening.event.seq <= last) continue
        if (happening.event.seq !== last + 1) throw gap(requestId, last, happening.event.seq)
        last = happening.event.seq
        failures = 0
        lostSince = undefined
        yield happening.event
        if (TERMINAL_EVENTS.has(happening.event.type)) return
      }
      // the stream ended before the run did: the service is shutting down, or `after` lies beyond the terminal event
      if (isKnownToHaveEnded && last === seen) return
      const run = await call(settings, { signal, isRepeatable: true }, (attempt) =>
        connection.trpc.runs.get.query({ requestId }, { signal: attempt }),
      )
      isKnownToHaveEnded = TERMINAL_STATUSES.has(run.status)
      if (isKnownToHaveEnded) continue
      failure = new CodexError('UNAVAILABLE', `the service ended the events of run ${requestId} before the run ended`)
    } catch (error) {
      signal?.throwIfAborted()
      failure = toCodexError(error, settings.url)
      if (!isWorthRepeating(failure)) throw failure
    } finally {
      stream.close()
    }
    if (Date.now() - connectedAt >= STEADY_AFTER_MS) {
      failures = 0
      lostSince = undefined
    }
    failures += 1
    lostSince ??= Date.now()
    const delayMs = pauseMs(failure, failures, settings.retryDelayMs)
    if (Date.now() + delayMs - lostSince > settings.reconnectForMs) throw givingUp(requestId, last, settings, failure)
    await wait(delayMs, signal)
  }
}

async function nextUnlessAborted(stream: EventConnection, signal: AbortSignal | undefined) {
  if (signal === undefined) return stream.next()
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    signal.throwIfAborted()
    return await Promise.race([aborted, stream.next()])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function gap(requestId: string, last: number, next: number): CodexError {
  return new CodexError(
    'INTERNAL',
    `run ${requestId} sent event ${next} after ${last}; events are numbered without gaps, so some were lost`,
  )
}

function givingUp(
  requestId: string,
  last: number,
  settings: { readonly reconnectForMs: number },
  cause: CodexError,
): CodexError {
  return new CodexError(
    'UNAVAILABLE',
    `lost the events of run ${requestId} after event ${last} and could not reconnect within ` +
      `${settings.reconnectForMs} ms (reconnectForMs): ${cause.message}; the run goes on, watch it again later`,
    { cause, data: { requestId, after: last } },
  )
}
