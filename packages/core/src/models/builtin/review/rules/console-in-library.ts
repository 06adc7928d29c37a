import { findMatches, type ReviewRule } from '../review-rule.ts'

const PROGRAM =
  /(?:^|\/)(?:main|index|cli|server|start|bin|run)\.[cm]?[jt]sx?$|(?:^|\/)(?:bin|scripts?|cli|tools?|examples?)\//
const ENTRY = /^#!|\bimport\.meta\.main\b|require\.main\s*===|\.listen\s*\(/m

/** Output to the console from code that others call. */
export const consoleInLibrary: ReviewRule = {
  id: 'console-in-library',
  category: 'maintainability',
  severity: 'low',
  suggestion: 'Return the information, or take a logger as an argument.',
  *find(file) {
    if (PROGRAM.test(file.path) || ENTRY.test(file.text)) return
    yield* findMatches(
      file,
      'code',
      /(?<![.\w$])console\.(?:log|debug|info|trace)\s*\(/g,
      'A module writes to the console; its callers cannot turn that off.',
    )
  },
}
