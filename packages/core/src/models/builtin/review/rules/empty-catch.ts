import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Errors that are caught and forgotten; a comment that says why is enough. */
export const emptyCatch: ReviewRule = {
  id: 'empty-catch',
  category: 'reliability',
  severity: 'medium',
  suggestion: 'Handle the error, add context and rethrow it, or say in a comment why it may be ignored.',
  *find(file) {
    const message = 'An error is caught and forgotten; the failure will show up somewhere else.'
    yield* findMatches(
      file,
      'code',
      /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}|\.catch\s*\(\s*\(?\w*\)?\s*=>\s*(?:\{\s*\}|null|undefined)\s*\)/g,
      (match) => {
        const real = file.text.slice(match.index, match.index + match[0].length)
        return /\/\/|\/\*/.test(real) ? null : message
      },
    )
  },
}
