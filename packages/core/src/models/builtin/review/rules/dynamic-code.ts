import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Text executed as code. */
export const dynamicCode: ReviewRule = {
  id: 'CWE-95',
  category: 'security',
  severity: 'critical',
  suggestion: 'Replace it by a function, a lookup table or JSON.parse.',
  find: (file) =>
    findMatches(
      file,
      'code',
      /(?<![.\w$])eval\s*\(|\bnew\s+Function\s*\(|(?<![.\w$])setTimeout\s*\(\s*['"`]/g,
      'Text is executed as code; whoever can influence the text controls the process.',
    ),
}
