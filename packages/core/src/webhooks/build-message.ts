import { type RunSummary, type RunWaiting, runSummary, toWire } from '@codex/protocol'
import { presentSummary } from '../orchestrator/present-run.ts'
import type { Database } from '../store/database.ts'
import { readRun, readSteps } from '../store/read-run.ts'
import type { PendingDelivery } from '../store/webhook-deliveries.ts'

/**
 * The body of a message: type, time of the event, and the run as lists show it, in REST's spelling.
 * @returns null when the run is gone
 */
export async function buildMessage(database: Database, delivery: PendingDelivery): Promise<string | null> {
  const row = await readRun(database, delivery.runId)
  if (row === null) return null
  const steps = (await readSteps(database, [delivery.runId])).get(delivery.runId) ?? []
  const summary = asOfEvent(presentSummary(row, steps), delivery)
  return JSON.stringify({
    type: delivery.eventType,
    timestamp: delivery.eventTime.toISOString(),
    data: { ...(toWire(runSummary, summary) as object), seq: delivery.seq },
  })
}

/** A run that waited may go on by now; the message tells of the moment. */
function asOfEvent(summary: RunSummary, { eventType, eventData, eventTime }: PendingDelivery): RunSummary {
  if (eventType !== 'run.waiting') return summary
  const waiting = { ...eventData, since: eventTime } as RunWaiting // written by us, with reason and message
  return { ...summary, status: 'waiting', waiting }
}
