import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Tests that do not run. */
export const skippedTest: ReviewRule = {
  id: 'skipped-test',
  category: 'testing',
  severity: 'low',
  suggestion: 'Repair it or remove it.',
  includesTests: true,
  find: (file) =>
    findMatches(
      file,
      'code',
      /(?<![.\w$])(?:describe|it|test|suite)\.(?:skip|todo)\s*\(|(?<![.\w$])x(?:describe|it)\s*\(/g,
      'A test is skipped, so it proves nothing.',
    ),
}
