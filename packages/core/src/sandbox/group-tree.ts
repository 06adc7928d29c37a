import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { descendants, type ProcessRow, type ProcessTable, readProcessTable } from './process-table.ts'
import type { ProcessTree } from './process-tree.ts'

/** Environment variable whose value marks all processes of one command. */
export const RUN_MARK = 'CODEX_SANDBOX_RUN'

/**
 * Follows a command without a pid namespace, as well as that goes: by parentage, process group and session, by having
 * been seen before, and on Linux by a mark in the environment. A process that forks twice, changes its session and clears
 * its environment between two looks gets away.
 */
export function followGroup(child: ChildProcess, mark: string): ProcessTree {
  const leader = child.pid
  const known = new Map<number, number>()
  const isKnown = (row: ProcessRow) => known.get(row.pid) === row.startTicks
  const find = (table: ProcessTable): readonly ProcessRow[] => {
    if (leader === undefined) return []
    const members = new Map<number, ProcessRow>()
    for (const row of table.values()) {
      const isMember = row.groupId === leader || row.sessionId === leader || isKnown(row) || hasMark(row.pid, mark)
      if (isMember) for (const member of descendants(table, row.pid)) members.set(member.pid, member)
    }
    for (const row of members.values()) known.set(row.pid, row.startTicks)
    return [...members.values()]
  }
  return {
    list: async (sampleHost) => find(await sampleHost()),
    kill: () => {
      for (const row of find(readProcessTable())) {
        try {
          process.kill(row.pid, 'SIGKILL')
        } catch {
          // gone meanwhile
        }
      }
    },
    isGone: () => find(readProcessTable()).length === 0,
    memoryFolders: () => [],
  }
}

function hasMark(pid: number, mark: string): boolean {
  if (process.platform !== 'linux') return false
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${RUN_MARK}=${mark}`)
  } catch {
    return false // gone, or another user's
  }
}
