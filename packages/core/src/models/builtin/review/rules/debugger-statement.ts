import { findMatches, type ReviewRule } from '../review-rule.ts'

/** A breakpoint left in the source. */
export const debuggerStatement: ReviewRule = {
  id: 'debugger-statement',
  category: 'maintainability',
  severity: 'medium',
  suggestion: 'Remove it.',
  includesTests: true,
  find: (file) => findMatches(file, 'code', /(?<![.\w$])debugger\s*(?:;|$)/gm, 'A debugger statement was left in.'),
}
