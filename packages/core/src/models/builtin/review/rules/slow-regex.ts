import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Repetitions inside of repetitions take exponential time on hostile input. */
export const slowRegex: ReviewRule = {
  id: 'CWE-1333',
  category: 'performance',
  severity: 'medium',
  suggestion: 'Write the pattern without nested repetition, or limit the length of the input before.',
  find: (file) =>
    findMatches(
      file,
      'withStrings',
      /\/(?![*/])(?:[^/\n\\]|\\.)*\((?:\?:)?(?:\[[^\]\n]+\]|\\[wds]|[\w.])[+*]\)[+*](?:[^/\n\\]|\\.)*\/[a-z]*/g,
      'A regular expression repeats a repetition; some inputs take it exponential time.',
    ),
}
