const HUNK = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/

/** One line of a unified diff's hunks. */
export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'kept'
  /** Number in the new file, from 1; of a removed line that of the one which stands in its place. */
  readonly line: number
  /** Without its sign. */
  readonly text: string
}

/**
 * Reads the hunks of one file's unified diff, line by line. What stands before a hunk (the head of a file, which has lines
 * that begin with `+` and `-` as well) and notes such as a missing end of line are left out.
 * @see https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
 */
export function* readDiffLines(diff: string): Generator<DiffLine> {
  let line = 0
  let oldLeft = 0
  let newLeft = 0
  for (const text of diff.split('\n')) {
    const hunk = oldLeft === 0 && newLeft === 0 ? HUNK.exec(text) : null
    if (hunk !== null) {
      oldLeft = Number(hunk[1] ?? 1)
      newLeft = Number(hunk[3] ?? 1)
      // a hunk without new lines names the line before the gap
      line = newLeft === 0 ? Number(hunk[2]) + 1 : Number(hunk[2])
    } else if (text.startsWith('-') && oldLeft > 0) {
      oldLeft -= 1
      yield { kind: 'removed', line, text: text.slice(1) }
    } else if (text.startsWith('+') && newLeft > 0) {
      newLeft -= 1
      yield { kind: 'added', line, text: text.slice(1) }
      line += 1
    } else if (!text.startsWith('\\') && oldLeft > 0 && newLeft > 0) {
      oldLeft -= 1
      newLeft -= 1
      yield { kind: 'kept', line, text: text.slice(1) }
      line += 1
    }
  }
}
