import { groupBy, stepsTakenOver } from './audit-input.ts'
import type { AuditCheck } from './violation.ts'

/** What a step did is told once. */
export const stepsOnce: AuditCheck = {
  name: 'steps once',
  promise: 'no step is completed, no artifact made and no tree committed twice',
  find({ steps, events }) {
    const found = []
    const repeated = (type: string, keyOf: (event: (typeof events)[number]) => string, what: string) => {
      const groups = groupBy(
        events.filter((event) => event.type === type),
        keyOf,
      )
      return [...groups.values()]
        .filter((group) => group.length > 1)
        .map((group) => ({
          runId: group[0]?.runId ?? null,
          message: `${what} of step ${group[0]?.stepId} is told ${group.length} times`,
        }))
    }
    found.push(...repeated('step.completed', ({ runId, stepId }) => `${runId}/${stepId}`, 'the end'))
    found.push(
      ...repeated('artifact.created', ({ runId, stepId, data }) => `${runId}/${stepId}/${data.kind}`, 'an artifact'),
    )
    found.push(
      ...repeated(
        'workspace.committed',
        ({ runId, stepId, attempt, data }) => `${runId}/${stepId}/${attempt}/${data.tree}`,
        'a commit',
      ),
    )
    const ended = new Set(
      events.filter(({ type }) => type === 'step.completed').map(({ runId, stepId }) => `${runId}/${stepId}`),
    )
    const takenOver = stepsTakenOver(events)
    for (const { runId, id, status } of steps) {
      const isTold = ended.has(`${runId}/${id}`)
      const isDone = status === 'completed' && !takenOver.has(`${runId}/${id}`)
      if (isTold !== isDone) {
        found.push({ runId, message: `step ${id} is ${status}, its end is ${isTold ? '' : 'not '}told` })
      }
    }
    return found
  },
}
