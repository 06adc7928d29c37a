import { findMatches, type ReviewRule } from '../review-rule.ts'

/** `var` ignores blocks. */
export const varDeclaration: ReviewRule = {
  id: 'var-declaration',
  category: 'maintainability',
  severity: 'low',
  suggestion: 'Use const, or let where it changes.',
  includesTests: true,
  find: (file) =>
    findMatches(file, 'code', /^[ \t]*var\s+[\w$[{]/gm, 'var ignores block scope and can be declared twice.'),
}
