import type { ReviewRule } from '../review-rule.ts'

const MAX_LINES = 400

/** Files that hold more than one idea. */
export const longFile: ReviewRule = {
  id: 'long-file',
  category: 'maintainability',
  severity: 'info',
  suggestion: 'Split it by what its parts are about.',
  *find(file) {
    const lines = file.text.trimEnd().split('\n').length
    if (lines > MAX_LINES) yield { line: 1, message: `The file has ${lines} lines, more than ${MAX_LINES}.` }
  },
}
