import { findMatches, type ReviewRule } from '../review-rule.ts'
import { isInsideTry } from './inside-try.ts'

/** Parsing of text from outside without handling malformed input. */
export const unguardedJsonParse: ReviewRule = {
  id: 'CWE-248',
  category: 'reliability',
  severity: 'medium',
  suggestion: 'Catch the error and answer that the input is malformed.',
  find: (file) =>
    findMatches(
      file,
      'code',
      /\bJSON\.parse\s*\(\s*(?:req|request|body|raw|data|input|payload|message|text|content|chunk|buffer|event)\b/g,
      (match) =>
        isInsideTry(file.code, match.index)
          ? null
          : 'JSON from outside is parsed without handling malformed input; one bad message ends the request or the process.',
    ),
}
