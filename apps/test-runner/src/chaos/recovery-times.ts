import { quantile } from '../bench/quantile.ts'
import { type AuditedEvent, groupBy, TERMINAL_EVENTS } from './audit/audit-input.ts'
import type { FaultRecord } from './faults/fault.ts'

/** How long something took after a node died. */
export interface RecoveryTimes {
  readonly count: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/**
 * How long runs lay still: from the death of a node to the next takeover (or end) of each run that it executed. Where all
 * places are taken they wait for one.
 * @param from the kill itself, or the moment at which the dead node's lease ran out
 */
export function recoveryTimes(
  faults: readonly FaultRecord[],
  events: readonly AuditedEvent[],
  from: 'kill' | 'lease end',
): RecoveryTimes {
  const byRun = groupBy(events, ({ runId }) => runId)
  const times = faults
    .filter(({ kind, isDone }) => kind === 'kill' && isDone)
    .flatMap(({ at, leaseEndsAt, runIds }) =>
      runIds.flatMap((runId) => {
        const next = byRun
          .get(runId)
          ?.find((event) => event.at > at && (event.type === 'run.recovered' || TERMINAL_EVENTS.has(event.type)))
        if (next === undefined || (from === 'lease end' && leaseEndsAt === null)) return []
        return [Math.max(0, next.at - (from === 'kill' ? at : (leaseEndsAt ?? at)))]
      }),
    )
  return summarize(times)
}

/**
 * How long the cluster took to see that a node was dead: from the end of its lease until its runs were in the queue again.
 * @param goneAt when each lease went, see `watchLeases`
 */
export function sweepTimes(faults: readonly FaultRecord[], goneAt: ReadonlyMap<string, number>): RecoveryTimes {
  return summarize(
    faults
      .filter(({ kind, isDone }) => kind === 'kill' && isDone)
      .flatMap(({ nodeId, leaseEndsAt }) => {
        const sweptAt = nodeId === null ? undefined : goneAt.get(nodeId)
        return sweptAt === undefined || leaseEndsAt === null ? [] : [Math.max(0, sweptAt - leaseEndsAt)]
      }),
  )
}

function summarize(unordered: readonly number[]): RecoveryTimes {
  const times = unordered.toSorted((a, b) => a - b)
  if (times.length === 0) return { count: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 }
  return {
    count: times.length,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    maxMs: times.at(-1) ?? 0,
  }
}
