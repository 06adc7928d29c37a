import type { AuditCheck } from './violation.ts'

/** Faults cost time and nothing else: a run ends as it would have without them. */
export const endsWell: AuditCheck = {
  name: 'ends well',
  promise: 'every run that nobody cancelled is completed, as it would be without faults',
  find({ driven, runs, events, cancelAsked }) {
    const cancelled = new Set(events.filter(({ type }) => type === 'cancel.requested').map(({ runId }) => runId))
    // one that was still queued is cancelled at once, without an event of the request
    const asked = new Set([
      ...cancelAsked,
      ...driven.filter(({ isCancelAsked }) => isCancelAsked).flatMap(({ runIds }) => [...runIds]),
    ])
    return runs
      .filter(
        ({ id, status }) => status === 'failed' || (status === 'cancelled' && !asked.has(id) && !cancelled.has(id)),
      )
      .map(({ id, status, error }) => ({ runId: id, message: `is ${status}: ${error ?? 'nobody asked for it'}` }))
  },
}
