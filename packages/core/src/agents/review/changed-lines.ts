import type { FileEdit } from '../../workspace/workspace.ts'

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/
/** Whoever reads a change may point at the line beside the one that was changed. */
const NEIGHBOURHOOD = 1

/** Tells whether lines of a file (its new numbers, both ends included) were changed, or lie right beside a change. */
export type ChangedLines = (path: string, line: number, endLine?: number) => boolean

/** Reads from diffs which lines a change touched. Where lines were only taken away, those around the gap count. */
export function findChangedLines(edits: readonly FileEdit[]): ChangedLines {
  const changed = new Map<string, Set<number>>()
  for (const edit of edits) changed.set(edit.path, readNewLines(edit.diff))
  return (path, line, endLine = line) => {
    const lines = changed.get(path)
    if (lines === undefined) return false
    for (let at = line - NEIGHBOURHOOD; at <= endLine + NEIGHBOURHOOD; at += 1) if (lines.has(at)) return true
    return false
  }
}

function readNewLines(diff: string): Set<number> {
  const lines = new Set<number>()
  let at: number | null = null
  for (const text of diff.split('\n')) {
    const start = HUNK.exec(text)?.[1]
    if (start !== undefined) at = Number(start)
    else if (at === null || text.startsWith('\\')) continue
    else if (text.startsWith('-')) lines.add(at)
    else {
      if (text.startsWith('+')) lines.add(at)
      at += 1
    }
  }
  return lines
}
