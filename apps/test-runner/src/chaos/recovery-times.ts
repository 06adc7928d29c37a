import { quantile } from '../bench/quantile.ts'
import { type AuditedEvent, groupBy, TERMINAL_EVENTS } from './audit/audit-input.ts'
import type { FaultRecord } from './faults/fault.ts'

/** How long runs lay still after their node died. */
export interface RecoveryTimes {
  /** Runs that were being executed when their node died, over all kills. */
  readonly count: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/**
 * From the death of a node to the next takeover (or end) of each run that it executed.
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
    .sort((a, b) => a - b)
  if (times.length === 0) return { count: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 }
  return {
    count: times.length,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    maxMs: times.at(-1) ?? 0,
  }
}
