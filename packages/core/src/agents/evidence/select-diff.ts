import type { FileEdit } from '../../workspace/workspace.ts'
import { isWorthReading } from './select-files.ts'

/** Edits of most lines first; lock files and generated ones last. */
export function byRelevance(edits: readonly FileEdit[]): readonly FileEdit[] {
  const weight = (edit: FileEdit) => (isWorthReading(edit.path) ? 1_000_000 : 0) + edit.additions + edit.deletions
  return edits.toSorted((left, right) => weight(right) - weight(left) || left.path.localeCompare(right.path))
}

/** One unified diff of whole files up to a size; files that do not fit are named in a comment line at the end. */
export function selectDiff(edits: readonly FileEdit[], maxCharacters: number): string {
  const shown: string[] = []
  const leftOut: string[] = []
  let room = maxCharacters
  for (const edit of byRelevance(edits)) {
    if (isWorthReading(edit.path) && edit.diff.length <= room) {
      room -= edit.diff.length
      if (edit.diff !== '') shown.push(edit.diff.trimEnd())
    } else leftOut.push(`# left out: ${edit.operation} ${edit.path} (+${edit.additions} -${edit.deletions})`)
  }
  return [...shown, ...leftOut].join('\n')
}
