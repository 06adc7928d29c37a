/** Puts `<number>| ` before every line, as editors count: a trailing newline does not start another line. */
export function numberLines(text: string): string {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line, index) => `${index + 1}| ${line}`).join('\n')
}

/** Takes the numbers off again; lines without one (notes about what was cut) are left out. */
export function stripLineNumbers(lines: readonly string[]): string {
  return lines
    .map((line) => /^\d+\| ([\s\S]*)$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .map((line) => `${line}\n`)
    .join('')
}
