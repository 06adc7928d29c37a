import { findMatches, type ReviewRule } from '../review-rule.ts'
import { bracketed } from '../reviewed-file.ts'

/** Independent waiting that is done one after the other. */
export const awaitInLoop: ReviewRule = {
  id: 'await-in-loop',
  category: 'performance',
  severity: 'info',
  suggestion: 'If the calls do not depend on each other, start them together and await Promise.all.',
  find: (file) =>
    findMatches(file, 'code', /\bfor\s*\((?:const|let|var)\s[^)]*\)\s*\{/g, (match) => {
      const body = bracketed(file.code, match.index + match[0].length - 1)
      const independent = /\bawait\s+(?:fetch|[\w$.]+\.(?:get|find|findOne|query|load|read\w*))\s*\(/.test(body)
      return independent ? 'A loop waits for each call before it starts the next.' : null
    }),
}
