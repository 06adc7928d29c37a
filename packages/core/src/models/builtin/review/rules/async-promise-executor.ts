import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Promise executors that are async lose their errors. */
export const asyncPromiseExecutor: ReviewRule = {
  id: 'async-promise-executor',
  category: 'correctness',
  severity: 'medium',
  suggestion: 'Make the surrounding function async instead.',
  find: (file) =>
    findMatches(
      file,
      'code',
      /\bnew\s+Promise\s*(?:<[^>]*>)?\s*\(\s*async\b/g,
      'An async function is given to new Promise; what it throws is lost.',
    ),
}
