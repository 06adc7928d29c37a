import { z } from 'zod'
import { normalizePath } from '../../task/given-files.ts'
import { filePath } from './file-path.ts'
import { defineTool } from './tool.ts'

const MAX_CHARACTERS = 40_000

/** The text is given without line numbers, so that it can be copied into `edit_file` as it is. */
export const readFile = defineTool({
  name: 'read_file',
  description: `Reads a text file, or lines of it; at most ${MAX_CHARACTERS} characters a call.`,
  inputSchema: z.object({
    path: filePath,
    fromLine: z.number().int().positive().optional().describe('First line, from 1'),
    toLine: z.number().int().positive().optional().describe('Last line, included'),
  }),
  async execute({ path, fromLine, toLine }, { workspace }) {
    const text = await workspace.readFile(normalizePath(path))
    if (fromLine === undefined && toLine === undefined && text.length <= MAX_CHARACTERS) {
      return { text: text === '' ? '(the file is empty)' : text }
    }
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    const first = fromLine ?? 1
    const last = Math.min(toLine ?? lines.length, lines.length)
    if (first > lines.length || first > last) {
      return {
        text: `There are no lines ${first} to ${toLine ?? 'the end'}; the file has ${lines.length}.`,
        failed: true,
      }
    }
    return { text: showLines(lines, first, last) }
  },
})

function showLines(lines: readonly string[], first: number, last: number): string {
  let shown = ''
  for (let number = first; number <= last; number += 1) {
    const line = `${lines[number - 1] ?? ''}\n`
    if (shown.length + line.length > MAX_CHARACTERS) {
      if (shown === '') return `${line.slice(0, MAX_CHARACTERS)}\n(line ${number} goes on; it is too long to be shown)`
      return `${shown}(cut before line ${number} of ${lines.length}; read on with fromLine ${number})`
    }
    shown += line
  }
  return last < lines.length ? `${shown}(lines ${first} to ${last} of ${lines.length})` : shown
}
