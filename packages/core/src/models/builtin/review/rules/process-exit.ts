import { findMatches, type ReviewRule } from '../review-rule.ts'

/** Modules that end the process. */
export const processExit: ReviewRule = {
  id: 'process-exit',
  category: 'reliability',
  severity: 'low',
  suggestion: 'Throw an error and let the entry point decide.',
  find: (file) =>
    /(?:^|\/)(?:main|index|cli|server|bin)\b[^/]*$|(?:^|\/)(?:bin|scripts?|cli)\//.test(file.path)
      ? []
      : findMatches(
          file,
          'code',
          /\bprocess\.exit\s*\(/g,
          'A module ends the process; cleanup of others does not run.',
        ),
}
