import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Redirects to where a request says. */
export const openRedirect: ReviewRule = {
  id: 'CWE-601',
  category: 'security',
  severity: 'medium',
  suggestion: 'Redirect to known paths only.',
  find: (file) =>
    findMatches(
      file,
      'code',
      /\.redirect\s*\(\s*(?:\d{3}\s*,\s*)?(?:`[^`]*\$\{\s*)?(?:req|request|ctx|context)\.(?:query|params|body|req)\b/g,
      'A redirect goes wherever the request says, also to another site.',
    ),
}
