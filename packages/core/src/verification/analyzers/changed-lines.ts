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
  const lines = new Set<number>()
  let next = 0
  let left = 0
  for (const text of diff.split('\n')) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(text)
    // the head of a file also has lines that begin with +
    if (left === 0 && hunk !== null) {
      next = Number(hunk[1])
      left = Number(hunk[2] ?? 1)
    } else if (left > 0 && !text.startsWith('-') && !text.startsWith('\\')) {
      if (text.startsWith('+')) lines.add(next)
      next += 1
      left -= 1
    }
  }
  return lines
}
