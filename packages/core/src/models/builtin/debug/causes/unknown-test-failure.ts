import type { KnownCause } from '../known-cause.ts'

/** A failed test whose text no rule knows. It is not in the table, since nothing but a failed test gives it away. */
export const unknownTestFailure: KnownCause = {
  id: 'unknown-test-failure',
  topics: ['test'],
  weight: 0.1,
  patterns: [],
  explain: ({ message = '' }, { where }) =>
    message === ''
      ? `It fails${where}, and the runner gives no reason.`
      : `It fails${where} with a text that no rule knows: ${message}`,
  monitoring: [],
}
