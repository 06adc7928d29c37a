import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Input of a request inside of HTML. */
export const requestInHtml: ReviewRule = {
  id: 'CWE-79',
  category: 'security',
  severity: 'high',
  suggestion: 'Escape the value, or answer JSON.',
  find: (file) =>
    findMatches(
      file,
      'withStrings',
      /\.(?:send|end|write|html)\s*\(\s*`[^`]*<[^`]*\$\{[^}]*\b(?:req|request|ctx|context)\.(?:query|params|body|req)\b|\.(?:send|end|write)\s*\(\s*['"][^'"\n]*<[^'"\n]*['"]\s*\+\s*(?:req|request)\.(?:query|params|body)\b|\.innerHTML\s*\+?=(?!\s*(?:'[^'\n]*'|"[^"\n]*"|`[^`$]*`)\s*(?:;|$))/gm,
      'Text from outside becomes part of HTML without escaping; it can carry a script.',
    ),
}
