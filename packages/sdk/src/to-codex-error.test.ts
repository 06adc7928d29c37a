import { CodexError } from '@codex/protocol'
import { expect, test } from 'vitest'
import { parseRetryAfter, toCodexError } from './to-codex-error.ts'

test('reads Retry-After as seconds and as a date, and nothing else', () => {
  expect(parseRetryAfter('120')).toBe(120)
  expect(parseRetryAfter(new Date(Date.now() + 3_600_000).toUTCString())).toBeCloseTo(3_600, -2)
  expect(parseRetryAfter('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(0)
  expect(parseRetryAfter('soon')).toBeUndefined()
  expect(parseRetryAfter('')).toBeUndefined()
  expect(parseRetryAfter(null)).toBeUndefined()
})

test('leaves a CodexError alone, also when it is only the cause', () => {
  const error = new CodexError('FORBIDDEN', 'no')
  expect(toCodexError(error, 'http://x')).toBe(error)
  expect(toCodexError(new Error('wrapped', { cause: error }), 'http://x')).toBe(error)
})

test('what is not even an Error becomes UNAVAILABLE with it as the cause', () => {
  expect(toCodexError('broken pipe', 'http://x')).toMatchObject({ code: 'UNAVAILABLE', cause: 'broken pipe' })
})
