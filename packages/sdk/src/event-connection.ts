import type { RunEvent } from '@codex/protocol'
import type { Connection, OperationNotes } from './connection.ts'

/** How one connection went on. */
type Happening =
  | { readonly kind: 'connected' }
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'ended' }
  | { readonly kind: 'lost'; readonly reason: unknown }

/** One event stream over one connection: what arrives is queued until it is asked for. */
export interface EventConnection {
  /** The next thing that happened; after `ended` and `lost` nothing follows. */
  next(): Promise<Happening>
  /** Closes the connection. */
  close(): void
}

/**
 * Opens the event stream of a run once, without reconnecting.
 * @param after only events with a greater `seq`
 */
export function openEventConnection(connection: Connection, requestId: string, after: number): EventConnection {
  const queue: Happening[] = []
  let wake = () => {}
  let refusal: unknown
  let isConnected = false
  const push = (happening: Happening) => {
    queue.push(happening)
    wake()
  }
  const lose = (reason: unknown) => {
    clearTimeout(timer)
    push({ kind: 'lost', reason: isConnected ? reason : (refusal ?? reason) })
  }
  const limitMs = connection.settings.requestTimeoutMs
  const timer = setTimeout(
    () => lose(new Error(`the event stream did not open within ${limitMs} ms (requestTimeoutMs)`)),
    limitMs,
  )
  const notes: OperationNotes = {
    onRefused: (reason) => {
      refusal = reason
    },
  }
  const subscription = connection.trpc.runs.watch.subscribe(
    { requestId, after },
    {
      context: notes,
      onStarted() {
        clearTimeout(timer)
        isConnected = true
        push({ kind: 'connected' })
      },
      onData: ({ data }) => push({ kind: 'event', event: data }),
      onError: lose,
      // tRPC would reconnect by itself, at a fixed pace and without end; watchRun does it instead
      onConnectionStateChange({ state, error }) {
        if (state === 'connecting' && error) lose(error)
      },
      onComplete: () => push({ kind: 'ended' }),
    },
  )
  return {
    async next() {
      for (;;) {
        const happening = queue.shift()
        if (happening !== undefined) return happening
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    close() {
      clearTimeout(timer)
      subscription.unsubscribe()
    },
  }
}
