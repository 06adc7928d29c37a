import type { AuditCheck } from './violation.ts'

/** A boundary that nobody comes by any more tries nothing: its pattern has to follow the service. */
export const boundariesReached: AuditCheck = {
  name: 'boundaries reached',
  promise: 'a node was killed at every boundary that was chosen',
  find: ({ missedBoundaries }) =>
    missedBoundaries.map((name) => ({ runId: null, message: `no node came by ${name} in time` })),
}
