import type { ReviewRule } from '../review-rule.ts'

/** Work that the source itself calls unfinished. */
export const todoComment: ReviewRule = {
  id: 'todo-comment',
  category: 'maintainability',
  severity: 'info',
  suggestion: 'Do it, or move it to the issue tracker and name the issue here.',
  includesTests: true,
  *find(file) {
    for (const { start, text } of file.comments) {
      const match = /\b(TODO|FIXME|XXX|HACK)\b[:\s]*([^\n*]*)/.exec(text)
      if (match === null) continue
      const said = (match[2] ?? '').trim()
      yield {
        line: file.lineAt(start + match.index),
        message: `${match[1]} is left in the source${said === '' ? '' : `: ${said.slice(0, 120)}`}.`,
      }
    }
  },
}
