import { setTimeout as delay } from 'node:timers/promises'
import type { RunEvent } from '@codex/sdk'
import type { Transport } from './transport.ts'

const TERMINAL: ReadonlySet<RunEvent['type']> = new Set(['run.completed', 'run.failed', 'run.cancelled'])
const RETRY_MS = 100

/**
 * Collects the events of a run to its end, also over restarts of the server. The SDK does that by itself, so one loop
 * has to be enough there; over REST the client asks again for what comes after the last event it has.
 */
export async function followRun(transport: Transport, requestId: string, events: RunEvent[]): Promise<void> {
  for (;;) {
    try {
      for await (const event of transport.events(requestId, events.at(-1)?.seq)) events.push(event)
    } catch (error) {
      if (transport.name === 'sdk') throw error
    }
    const last = events.at(-1)
    if (last !== undefined && TERMINAL.has(last.type)) return
    if (transport.name === 'sdk') throw new Error(`the SDK ended the events after ${last?.type}`)
    await delay(RETRY_MS)
  }
}
