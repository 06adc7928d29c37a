import { groupBy, TERMINAL, TERMINAL_EVENTS } from './audit-input.ts'
import type { AuditCheck } from './violation.ts'

/** A run's events are numbered without a gap and tell of one end, which is the last. */
export const eventsWhole: AuditCheck = {
  name: 'events whole',
  promise: 'events are numbered from 1 without a gap; the one terminal event is the last and agrees with the status',
  find({ runs, events }) {
    const byRun = groupBy(events, ({ runId }) => runId)
    return runs.flatMap(({ id, status, epoch, lastSeq }) => {
      const own = [...(byRun.get(id) ?? [])].sort((a, b) => a.seq - b.seq)
      const complain = (message: string) => ({ runId: id, message })
      const found = []
      const gap = own.findIndex(({ seq }, index) => seq !== index + 1)
      if (gap >= 0) found.push(complain(`event ${own[gap]?.seq} stands where ${gap + 1} should`))
      if (own.length !== lastSeq) found.push(complain(`has ${own.length} events and says that there are ${lastSeq}`))
      const ends = own.filter(({ type }) => TERMINAL_EVENTS.has(type))
      if (ends.length !== (TERMINAL.has(status) ? 1 : 0)) found.push(complain(`is ${status}, with ${ends.length} ends`))
      const [end] = ends
      if (end !== undefined && end !== own.at(-1)) found.push(complain(`goes on after ${end.type}`))
      if (end !== undefined && end.type !== `run.${status}`) found.push(complain(`is ${status} after ${end.type}`))
      const takeovers = own.filter(({ type }) => type === 'run.started' || type === 'run.recovered').length
      if (takeovers !== epoch) found.push(complain(`was taken ${epoch} times, and ${takeovers} events tell of it`))
      return found
    })
  },
}
