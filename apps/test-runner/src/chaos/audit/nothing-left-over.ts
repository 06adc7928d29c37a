import type { AuditCheck } from './violation.ts'

/** Nodes keep nothing that belongs to nobody. */
export const nothingLeftOver: AuditCheck = {
  name: 'nothing left over',
  promise: 'no process, no worktree and no reservation is left behind, and no node ended by itself',
  find: ({ processes, folders, reservations, crashes }) => [
    ...processes.map(({ node, pid, command }) => ({ runId: null, message: `${node}: process ${pid} ${command}` })),
    ...folders.map(({ node, path, why }) => ({ runId: null, message: `${node}: ${path} ${why}` })),
    ...reservations.map(({ runId }) => ({ runId, message: 'a reservation is left' })),
    ...crashes.map(({ node, why }) => ({ runId: null, message: `${node}: ${why}` })),
  ],
}
