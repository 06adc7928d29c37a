import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Answers that every website may read. */
export const openCors: ReviewRule = {
  id: 'CWE-942',
  category: 'security',
  severity: 'medium',
  suggestion: 'Name the origins that may read the answers.',
  find: (file) =>
    findMatches(
      file,
      'withStrings',
      /Access-Control-Allow-Origin['"]\s*[,:]\s*['"]\*['"]|(?<![.\w$])cors\s*\(\s*\)|\borigin\s*:\s*['"]\*['"]/gi,
      'Every website may read the answers of this server.',
    ),
}
