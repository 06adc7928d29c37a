import { groupBy, TERMINAL } from './audit-input.ts'
import type { AuditCheck } from './violation.ts'

/** What a run says that it used is the sum of its recorded calls. */
export const usageSums: AuditCheck = {
  name: 'usage adds up',
  promise: "the tokens of a run's steps are the sum of its recorded model calls",
  find({ runs, steps, calls }) {
    const sum = (rows: readonly { readonly totalTokens: number }[] = []) =>
      rows.reduce((total, { totalTokens }) => total + totalTokens, 0)
    const stepsByRun = groupBy(steps, ({ runId }) => runId)
    const callsByRun = groupBy(
      calls.filter(({ kind }) => kind === 'model'),
      ({ runId }) => runId,
    )
    return runs.flatMap(({ id, status }) => {
      const told = sum(stepsByRun.get(id))
      const paid = sum(callsByRun.get(id))
      if (told === paid || !TERMINAL.has(status)) return []
      return [{ runId: id, message: `its steps tell of ${told} tokens, its calls of ${paid}` }]
    })
  },
}
