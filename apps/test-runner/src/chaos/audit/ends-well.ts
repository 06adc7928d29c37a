import type { AuditInput } from './audit-input.ts'
import type { AuditCheck } from './violation.ts'

/** Faults cost time and nothing else: a run ends as it would have without them. */
export const endsWell: AuditCheck = {
  name: 'ends well',
  promise: 'every run that nobody cancelled ends as it would without faults',
  find({ driven, runs, events, cancelAsked }) {
    const cancelled = new Set(events.filter(({ type }) => type === 'cancel.requested').map(({ runId }) => runId))
    // one that was still queued is cancelled at once, without an event of the request
    const asked = new Set([
      ...cancelAsked,
      ...driven.filter(({ isCancelAsked }) => isCancelAsked).flatMap(({ runIds }) => [...runIds]),
    ])
    const failing = new Set(driven.filter(({ expects }) => expects === 'failed').flatMap(({ runIds }) => [...runIds]))
    const isMeant = ({ id, status }: AuditInput['runs'][number]): boolean => {
      if (status === 'cancelled') return asked.has(id) || cancelled.has(id)
      if (status === 'completed' || status === 'failed') return (status === 'failed') === failing.has(id)
      return true // told by another check
    }
    return runs
      .filter((run) => !isMeant(run))
      .map(({ id, status, error }) => ({ runId: id, message: `is ${status}: ${error ?? 'nobody asked for it'}` }))
  },
}
