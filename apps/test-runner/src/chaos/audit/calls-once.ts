import { groupBy } from './audit-input.ts'
import type { AuditCheck } from './violation.ts'

/** A model call whose reply is in the ledger was paid for and is never made again. */
export const callsOnce: AuditCheck = {
  name: 'finished calls once',
  promise: 'no model call is made again after its reply was recorded, and every recorded reply was asked for once',
  find({ calls, journal }) {
    const found = []
    const byNumber = new Map(journal.map((record) => [record.number, record]))
    const byAsked = groupBy(journal, ({ run, asked }) => `${run}/${asked}`)
    const recorded = new Map<number, string>()
    for (const { runId, kind, stepId, attempt, n, recordedAt, outputTokens } of calls) {
      if (kind !== 'model') continue
      const place = `${stepId}/${attempt}/${n}`
      const record = byNumber.get(outputTokens)
      if (record === undefined || record.status !== 200) {
        found.push({ runId, message: `the reply at ${place} was never given (number ${outputTokens})` })
        continue
      }
      const other = recorded.get(outputTokens)
      if (other !== undefined) found.push({ runId, message: `reply ${outputTokens} stands at ${other} and ${place}` })
      recorded.set(outputTokens, place)
      for (const again of byAsked.get(`${record.run}/${record.asked}`) ?? []) {
        if (again.number <= outputTokens || again.askedAt <= recordedAt) continue
        found.push({
          runId,
          message: `${record.place} at ${place} was recorded (request ${outputTokens}, ${record.node}) and asked again ${again.askedAt - recordedAt} ms later (request ${again.number}, ${again.node})`,
        })
      }
    }
    return found
  },
}
