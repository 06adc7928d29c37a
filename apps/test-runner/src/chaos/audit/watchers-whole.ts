import type { AuditCheck } from './violation.ts'

/** Who watched a run over any number of nodes and connections saw each event once, in order, to the end. */
export const watchersWhole: AuditCheck = {
  name: 'watchers whole',
  promise: 'watchers on any node got every event once and in order, to the end',
  find({ driven, runs }) {
    const byId = new Map(runs.map((run) => [run.id, run]))
    return driven.flatMap(({ runIds, watched, end, problem }) => {
      const [id] = runIds
      if (id === undefined || problem !== null) return [] // told by another check
      const wrong = watched.findIndex((seq, index) => seq !== index + 1)
      const found = []
      if (wrong >= 0) found.push({ runId: id, message: `a watcher got event ${watched[wrong]} as number ${wrong + 1}` })
      const lastSeq = byId.get(id)?.lastSeq
      if (end !== null && lastSeq !== undefined && watched.length !== lastSeq) {
        found.push({ runId: id, message: `a watcher got ${watched.length} events of ${lastSeq}` })
      }
      return found
    })
  },
}
