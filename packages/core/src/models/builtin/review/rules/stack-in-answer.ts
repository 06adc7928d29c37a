import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Stack traces in answers. */
export const stackInAnswer: ReviewRule = {
  id: 'CWE-209',
  category: 'security',
  severity: 'medium',
  suggestion: 'Log it, and answer a general message.',
  find: (file) =>
    findMatches(
      file,
      'code',
      /\.(?:send|json|end|write)\s*\([^;\n]*\b(?:err|error|e|cause)\.stack\b/g,
      'An answer shows a stack trace; it tells an attacker how the server is built.',
    ),
}
