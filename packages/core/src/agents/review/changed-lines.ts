import { readDiffLines } from '../../workspace/index.ts'
import type { FileEdit } from '../../workspace/workspace.ts'

/** Whoever reads a change may point at the line beside the one that was changed. */
const NEIGHBOURHOOD = 1

/** Tells whether lines of a file (its new numbers, both ends included) were changed, or lie right beside a change. */
export type ChangedLines = (path: string, line: number, endLine?: number) => boolean

/** Reads from diffs which lines a change touched. Where lines were only taken away, those around the gap count. */
export function findChangedLines(edits: readonly FileEdit[]): ChangedLines {
  const changed = new Map<string, readonly number[]>()
  for (const { path, diff } of edits) {
    changed.set(
      path,
      [...readDiffLines(diff)].filter(({ kind }) => kind !== 'kept').map(({ line }) => line),
    )
  }
  return (path, line, endLine = line) =>
    changed.get(path)?.some((at) => at >= line - NEIGHBOURHOOD && at <= endLine + NEIGHBOURHOOD) ?? false
}
