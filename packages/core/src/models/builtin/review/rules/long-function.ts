import type { ReviewRule } from '../review-rule.ts'
import { bracketed } from '../reviewed-file.ts'

const MAX_LINES = 80
const FUNCTION = /\bfunction\*?\s*([\w$]*)\s*(?:<[^>]*>)?\([^{]*?\)[^{;]*\{/g

/** Functions that cannot be read at once. */
export const longFunction: ReviewRule = {
  id: 'long-function',
  category: 'maintainability',
  severity: 'info',
  suggestion: 'Give its parts names of their own.',
  *find(file) {
    for (const match of file.code.matchAll(FUNCTION)) {
      const lines = bracketed(file.code, match.index + match[0].length - 1).split('\n').length
      if (lines <= MAX_LINES) continue
      const name = match[1] === '' ? 'A function' : `The function ${match[1]}`
      yield { line: file.lineAt(match.index), message: `${name} has ${lines} lines, more than ${MAX_LINES}.` }
    }
  },
}
