import type { KnownCause } from '../known-cause.ts'

export const testTimeout: KnownCause = {
  id: 'test-timeout',
  topics: ['timeout', 'test', 'slow', 'async', 'performance'],
  weight: 0.55,
  patterns: [
    /Test timed out in (?<limit>\d{1,9})\s?ms/i,
    /Exceeded timeout of (?<limit>\d{1,9})\s?ms for a (?:test|hook)/,
    /Hook timed out in (?<limit>\d{1,9})\s?ms/,
    /test timed out after (?<limit>\d{1,9})\s?ms/,
    /Timeout of (?<limit>\d{1,9})ms exceeded\. For async tests/i,
    /panic: test timed out after (?<limit>\S{1,20})/,
  ],
  explain: ({ limit }, { where }) =>
    `The test did not end within its limit of ${limit}${/\D/.test(limit ?? '') ? '' : ' ms'}${where}: something that it awaits never settles (an answer that is not sent, a callback that is not called, a server that is not closed), or the work takes longer.`,
  monitoring: ['Record how long tests take, and look at those that come near their limit.'],
}
