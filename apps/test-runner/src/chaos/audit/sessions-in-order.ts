import { groupBy, TERMINAL_EVENTS } from './audit-input.ts'
import type { AuditCheck } from './violation.ts'

/** Runs of a session build on one another. */
export const sessionsInOrder: AuditCheck = {
  name: 'sessions in order',
  promise: 'a run of a session begins after the one before it has ended, in the order in which they were asked for',
  find({ driven, events }) {
    const byRun = groupBy(events, ({ runId }) => runId)
    return driven.flatMap(({ runIds, behind }) => {
      const [runId] = runIds
      if (runId === undefined || behind === null) return []
      const began = byRun.get(runId)?.find(({ type }) => type === 'run.started')
      const ended = byRun.get(behind)?.find(({ type }) => TERMINAL_EVENTS.has(type))
      if (began === undefined || (ended !== undefined && ended.at <= began.at)) return []
      return [{ runId, message: `began before ${behind} had ended` }]
    })
  },
}
