import { findMatches, type ReviewRule } from '../review-rule.ts'

const STATEMENT = String.raw`(?:select\s[^;]*?\sfrom|insert\s+into|update\s+[\w."]+\s+set|delete\s+from|drop\s+table)\b`
/** A statement in a template with an interpolation; tagged templates bind their values. */
const IN_TEMPLATE = new RegExp(`(?<![\\w$)\\]])\`\\s*${STATEMENT}[^\`]*?\\$\\{`, 'gi')
const JOINED = new RegExp(`(["'])\\s*${STATEMENT}[^"\\n]*?\\1\\s*\\+`, 'gi')

/** SQL statements put together from values. */
export const sqlInjection: ReviewRule = {
  id: 'CWE-89',
  category: 'security',
  severity: 'critical',
  suggestion: 'Give the values as parameters of the query ($1, ?), not as part of its text.',
  *find(file) {
    const message = 'An SQL statement is put together from values; a value can change the statement.'
    yield* findMatches(file, 'withStrings', IN_TEMPLATE, message)
    yield* findMatches(file, 'withStrings', JOINED, message)
  },
}
