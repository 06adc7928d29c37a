const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/

/**
 * Brings a model's diff into the form that parsers ask for: code fences off, line counts of hunk headers counted anew
 * (models rarely count them right), the missing space of blank context lines put in. Contents are left alone.
 */
export function mendDiff(text: string): string {
  const lines = text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .filter((line) => !/^```/.test(line))
  while (lines.at(-1)?.trim() === '') lines.pop()
  const output: string[] = []
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] ?? ''
    index += 1
    const header = HUNK.exec(line)
    if (header === null) {
      output.push(line)
      continue
    }
    const body: string[] = []
    while (index < lines.length && isHunkLine(lines, index)) {
      const bodyLine = lines[index] ?? ''
      body.push(bodyLine === '' ? ' ' : bodyLine)
      index += 1
    }
    const count = (sign: string) => body.filter((entry) => entry[0] === ' ' || entry[0] === sign).length
    // line 0 is only right where there are no lines
    const start = (given: string | undefined, lineCount: number) => (given === '0' && lineCount > 0 ? '1' : given)
    const removed = count('-')
    const added = count('+')
    output.push(
      `@@ -${start(header[1], removed)},${removed} +${start(header[2], added)},${added} @@${header[3] ?? ''}`,
      ...body,
    )
  }
  return `${output.join('\n')}\n`
}

function isHunkLine(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? ''
  // A file header inside the text ends the hunk: `--- ` followed by `+++ `.
  if (line.startsWith('--- ') && lines[index + 1]?.startsWith('+++ ') === true) return false
  return line === '' || /^[ +\-\\]/.test(line)
}
