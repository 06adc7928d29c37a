import { expect, test } from 'vitest'
import { DEFAULT_MODEL_LIMITS } from '../model-settings.ts'
import { pauseMs, retryAfterMs } from './retry-delay.ts'

const NOW = Date.parse('2026-11-01T00:00:00Z')

test.each([
  ['seconds', { 'retry-after': '12' }, 12_000],
  ['fractions of seconds', { 'retry-after': '0.5' }, 500],
  ['milliseconds, which are more exact', { 'retry-after': '2', 'retry-after-ms': '1500' }, 1500],
  ['a date', { 'retry-after': 'Sun, 01 Nov 2026 00:01:00 GMT' }, 60_000],
  ['a date in the past', { 'retry-after': 'Sat, 31 Oct 2026 00:00:00 GMT' }, 0],
  ['words', { 'retry-after': 'soon' }, null],
  ['no header', {}, null],
])('reads %s', (_, headers, expected) => {
  expect(retryAfterMs(headers, NOW)).toBe(expected)
})

test('doubles up to the limit, with jitter over the upper half', () => {
  const pauses = [1, 2, 3, 20].map((tries) => pauseMs(tries, null, DEFAULT_MODEL_LIMITS, 1))
  expect(pauses).toEqual([500, 1000, 2000, 30_000])
  expect(pauseMs(1, null, DEFAULT_MODEL_LIMITS, 0)).toBe(250)
  expect(pauseMs(1, 7000, DEFAULT_MODEL_LIMITS, 0)).toBe(7000)
})
