import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunEvent } from '@codex/sdk'
import type { Transport } from './transport.ts'

const TERMINAL: ReadonlySet<RunEvent['type']> = new Set(['run.completed', 'run.failed', 'run.cancelled'])
const RETRY_MS = 100
/** Longer than a server takes to come back on a busy machine. */
const PATIENCE_MS = 60_000

/** A run that is watched while other things happen. */
export interface Following {
  /** What has come until now. */
  readonly events: readonly RunEvent[]
  /** Resolves after the terminal event. */
  readonly ended: Promise<void>
}

/**
 * Collects the events of a run to its end, also over restarts of the server. The SDK does that by itself, so one loop
 * has to be enough there; over REST the client asks again for what comes after the last event it has.
 */
export function followRun(transport: Transport, requestId: string): Following {
  const events: RunEvent[] = []
  const ended =
    transport.name === 'sdk' ? followOnce(transport, requestId, events) : follow(transport, requestId, events)
  ended.catch(() => {}) // told when it is awaited, which may be later
  return { events, ended }
}

async function followOnce(transport: Transport, requestId: string, events: RunEvent[]): Promise<void> {
  for await (const event of transport.events(requestId, events.at(-1)?.seq)) events.push(event)
  if (!hasEnded(events)) throw new Error(`the events of ${requestId} ended after ${events.at(-1)?.type}`)
}

async function follow(transport: Transport, requestId: string, events: RunEvent[]): Promise<void> {
  let deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const before = events.length
    try {
      return await followOnce(transport, requestId, events)
    } catch (error) {
      if (events.length > before) deadline = Date.now() + PATIENCE_MS
      else if (Date.now() > deadline) throw error
    }
    await delay(RETRY_MS)
  }
}

function hasEnded(events: readonly RunEvent[]): boolean {
  const last = events.at(-1)
  return last !== undefined && TERMINAL.has(last.type)
}

/** @throws AssertionError when an event is missing, comes twice or out of order */
export function assertGapless(events: readonly RunEvent[]): void {
  assert.deepEqual(
    events.map((event) => event.seq),
    events.map((_, index) => index + 1),
  )
}
