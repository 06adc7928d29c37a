import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Outgoing requests to where a request says. */
export const serverSideRequest: ReviewRule = {
  id: 'CWE-918',
  category: 'security',
  severity: 'high',
  suggestion: 'Allow only known hosts.',
  find: (file) =>
    findMatches(
      file,
      'code',
      /(?<![.\w$])(?:fetch|axios(?:\.\w+)?|got(?:\.\w+)?|https?\.(?:get|request))\s*\(\s*(?:`[^`]*\$\{\s*)?(?:req|request|ctx|context)\.(?:query|params|body)\b/g,
      'The server fetches whatever address a request names, also inside its own network.',
    ),
}
