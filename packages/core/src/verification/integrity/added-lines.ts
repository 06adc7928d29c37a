/** A line that a change added. */
export interface AddedLine {
  /** In the new file, from 1. */
  readonly line: number
  readonly text: string
}

/** Reads the added lines out of the unified diff of one file. */
export function addedLines(diff: string): AddedLine[] {
  const added: AddedLine[] = []
  let line = 0
  for (const text of diff.split('\n')) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text)
    if (hunk?.[1] !== undefined) line = Number(hunk[1])
    else if (line === 0) continue
    else if (text.startsWith('+')) {
      added.push({ line, text: text.slice(1) })
      line += 1
    } else if (text.startsWith(' ')) line += 1
  }
  return added
}

/** Lines that a change removed, without their sign. */
export function removedLines(diff: string): string[] {
  const start = diff.indexOf('\n@@')
  if (start < 0) return []
  return diff
    .slice(start)
    .split('\n')
    .flatMap((line) => (line.startsWith('-') ? [line.slice(1)] : []))
}
