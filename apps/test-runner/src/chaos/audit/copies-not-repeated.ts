import { stepsTakenOver } from './audit-input.ts'
import type { AuditCheck } from './violation.ts'

/** What a retry or a fork takes over from its origin was paid for by that one. */
export const copiesNotRepeated: AuditCheck = {
  name: 'copies not repeated',
  promise: 'no step that a retry or a fork took over is executed again',
  find({ events, calls }) {
    const takenOver = stepsTakenOver(events)
    const isCopy = ({ runId, stepId }: { readonly runId: string; readonly stepId: string | null }) =>
      takenOver.has(`${runId}/${stepId}`)
    return [
      ...events.filter(isCopy).map(({ runId, type, stepId }) => ({
        runId,
        message: `${type} is told of step ${stepId}, which was taken over`,
      })),
      ...calls.filter(isCopy).map(({ runId, stepId, kind }) => ({
        runId,
        message: `step ${stepId} was taken over and made a ${kind} call`,
      })),
    ]
  },
}
