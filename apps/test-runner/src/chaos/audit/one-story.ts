import { TERMINAL } from './audit-input.ts'
import type { AuditCheck } from './violation.ts'

const ENGINE_ENDS: ReadonlySet<string> = new Set(['SUCCESS', 'ERROR', 'CANCELLED'])

/** All nodes, the engine and the signed evidence tell the same. */
export const oneStory: AuditCheck = {
  name: 'one story',
  promise: 'every node tells the same status, the engine agrees, and the signed evidence verifies',
  find({ runs, engine, views, evidence }) {
    const statusOf = new Map(runs.map(({ id, status }) => [id, status]))
    return [
      ...views.flatMap(({ node, statuses }) =>
        runs
          .filter(({ id, status }) => statuses.get(id) !== status)
          .map(({ id, status }) => ({
            runId: id,
            message: `${node} says ${statuses.get(id) ?? 'nothing'} where the database says ${status}`,
          })),
      ),
      ...engine
        .filter(({ runId, status }) => TERMINAL.has(statusOf.get(runId) ?? '') && !ENGINE_ENDS.has(status))
        .map(({ runId, status }) => ({ runId, message: `has ended and the engine has it as ${status}` })),
      ...evidence.flatMap(({ runId, problem }) =>
        problem === null ? [] : [{ runId, message: `its evidence does not verify: ${problem}` }],
      ),
    ]
  },
}
