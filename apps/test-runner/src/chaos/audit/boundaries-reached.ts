import type { AuditCheck } from './violation.ts'

/** A boundary that nobody comes by any more tries nothing: its pattern has to follow the service. */
export const boundariesReached: AuditCheck = {
  name: 'boundaries reached',
  promise: 'a node was killed at every boundary that was chosen, and there was time for every fault',
  find: ({ missedBoundaries, faultsLeft }) => [
    ...missedBoundaries.map((name) => ({ runId: null, message: `no node came by ${name} in time` })),
    ...(faultsLeft === 0 ? [] : [{ runId: null, message: `there was no time for ${faultsLeft} faults` }]),
  ],
}
