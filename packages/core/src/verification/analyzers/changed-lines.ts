import { readDiffLines } from '../../workspace/index.ts'
import type { FileEdit } from '../../workspace/workspace.ts'

/** Lines of the new tree that a change wrote, by path. */
export type ChangedLines = ReadonlyMap<string, ReadonlySet<number>>

/** Reads the hunks of a change; a file that was only moved has no changed lines. */
export function readChangedLines(edits: readonly FileEdit[]): ChangedLines {
  const changed = new Map<string, ReadonlySet<number>>()
  for (const { path, operation, diff } of edits) {
    if (operation !== 'delete') changed.set(path, addedLines(diff))
  }
  return changed
}

/** Whether any line of a range was changed. */
export function touches(changed: ChangedLines, path: string, line: number, endLine: number): boolean {
  // over the lines that there are: a tool may name a range without end
  for (const number of changed.get(path) ?? []) if (number >= line && number <= endLine) return true
  return false
}

function addedLines(diff: string): ReadonlySet<number> {
  return new Set([...readDiffLines(diff)].filter(({ kind }) => kind === 'added').map(({ line }) => line))
}
