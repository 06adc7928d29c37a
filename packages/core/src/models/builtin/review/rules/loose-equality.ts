import { findMatches, type ReviewRule } from '../review-rule.ts'

/** `==` and `!=` convert their operands; comparing with null is the one usual exception. */
export const looseEquality: ReviewRule = {
  id: 'loose-equality',
  category: 'correctness',
  severity: 'low',
  suggestion: 'Use === or !==.',
  find: (file) =>
    findMatches(
      file,
      'code',
      /(?<![=!<>])[=!]=(?!=)(?!\s*null\b)/g,
      'A comparison converts its operands (==, !=), which equates values such as 0 and the empty text.',
    ),
}
