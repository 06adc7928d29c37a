import { TERMINAL } from './audit-input.ts'
import type { AuditCheck } from './violation.ts'

/** Every accepted run is there, once, and has ended or says what it waits for. */
export const nothingLost: AuditCheck = {
  name: 'nothing lost',
  promise: 'every accepted run is stored once and has ended, or waits for a reason',
  find({ driven, runs }) {
    const byId = new Map(runs.map((run) => [run.id, run]))
    const known = new Set(driven.flatMap(({ runIds }) => [...runIds]))
    return [
      ...driven.flatMap(({ key, runIds, problem }) => [
        ...(problem === null ? [] : [{ runId: [...runIds][0] ?? null, message: `${key}: ${problem}` }]),
        ...(runIds.size > 1
          ? [{ runId: [...runIds][0] ?? null, message: `${key} was started as ${[...runIds]}` }]
          : []),
        ...[...runIds]
          .filter((id) => !byId.has(id))
          .map((id) => ({ runId: id, message: `${key} was accepted and is not stored` })),
      ]),
      ...runs
        .filter(({ id, key }) => key !== null && !known.has(id))
        .map(({ id, key }) => ({ runId: id, message: `${key} is stored and nobody was told of it` })),
      ...runs
        .filter(({ status, waitingFor }) => !TERMINAL.has(status) && (status !== 'waiting' || waitingFor === null))
        .map(({ id, status }) => ({ runId: id, message: `is ${status} and does not end` })),
    ]
  },
}
