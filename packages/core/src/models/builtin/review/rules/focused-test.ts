import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Tests that keep all others from running. */
export const focusedTest: ReviewRule = {
  id: 'focused-test',
  category: 'testing',
  severity: 'high',
  suggestion: 'Remove .only.',
  includesTests: true,
  find: (file) =>
    findMatches(
      file,
      'code',
      /(?<![.\w$])(?:describe|it|test|suite)\.only\s*\(|(?<![.\w$])f(?:describe|it)\s*\(/g,
      'A focused test keeps all others from running.',
    ),
}
