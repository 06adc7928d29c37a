import { findMatches, type ReviewRule } from '../review-rule.ts'

/** File paths out of a request. */
export const pathTraversal: ReviewRule = {
  id: 'CWE-22',
  category: 'security',
  severity: 'high',
  suggestion: 'Resolve the path and check that it lies inside the folder that is meant.',
  find: (file) =>
    findMatches(
      file,
      'code',
      /\b(?:path\.)?(?:join|resolve)\s*\([^()]*(?:\([^()]*\)[^()]*)*\b(?:req|request|ctx|context)\.(?:params|query|body|url|path|req\.param)|\b(?:readFile|readFileSync|createReadStream|sendFile|writeFile|writeFileSync|unlink)\s*\(\s*(?:`[^`]*\$\{\s*)?(?:req|request)\.(?:params|query|body|url)/g,
      'A file path contains input of a request; "../" in it leads out of the folder.',
    ),
}
