import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Keys of objects out of a request. */
export const prototypePollution: ReviewRule = {
  id: 'CWE-1321',
  category: 'security',
  severity: 'high',
  suggestion: 'Use a Map, or check the key against a list of known ones.',
  find: (file) =>
    findMatches(
      file,
      'code',
      /[\w$)\]]\[\s*(?:req|request|ctx|context)\.(?:query|params|body)(?:\.[\w$]+|\[[^\]]*\])*\s*\](?:\[[^\]]*\])*\s*=(?![=>])/g,
      'A key of an object comes from the request; "__proto__" changes every object of the process.',
    ),
}
