import type { AuditCheck } from './violation.ts'

/** A command that is not idempotent has its effect once in what the run made. */
export const effectsOnce: AuditCheck = {
  name: 'effects once',
  promise: 'the effect of a command that was interrupted is in the final patch exactly once',
  find({ driven, runs }) {
    const byId = new Map(runs.map((run) => [run.id, run]))
    return driven.flatMap(({ runIds, linesOnce }) => {
      const run = byId.get([...runIds][0] ?? '')
      if (run === undefined || run.status !== 'completed') return []
      const lines = run.patch.split('\n')
      return linesOnce.flatMap((line) => {
        const count = lines.filter((candidate) => candidate === line).length
        return count === 1 ? [] : [{ runId: run.id, message: `"${line}" is ${count} times in its patch` }]
      })
    })
  },
}
