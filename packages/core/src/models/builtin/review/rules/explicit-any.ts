import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Types that are switched off. */
export const explicitAny: ReviewRule = {
  id: 'explicit-any',
  category: 'maintainability',
  severity: 'low',
  suggestion: 'Use unknown and check the value, or name the type.',
  find: (file) =>
    /\.[cm]?tsx?$/.test(file.path)
      ? findMatches(
          file,
          'code',
          /(?::\s*|\bas\s+|<\s*)any\b(?=\s*[;,)=>[\]{}|&]|\s*$)/gm,
          'The type any switches checking off for everything that touches it.',
        )
      : [],
}
