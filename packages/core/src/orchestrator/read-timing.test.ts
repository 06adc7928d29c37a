import { expect, test } from 'vitest'
import { readTiming } from './read-timing.ts'

const NOW = new Date('2026-11-27T12:00:00Z')
const SESSION = '0190a0a0-0000-7000-8000-000000000000'
const read = (fields: Partial<Parameters<typeof readTiming>[0]>) => readTiming({ prompt: 'x', ...fields }, NOW)

test('seconds count from now, times are absolute, and one that has passed means at once', () => {
  expect(read({ after: 90 }).notBefore).toEqual(new Date('2026-11-27T12:01:30Z'))
  expect(read({ after: '2026-11-28T06:00:00+02:00' }).notBefore).toEqual(new Date('2026-11-28T04:00:00Z'))
  expect(read({ after: 0 }).notBefore).toBeNull()
  expect(read({ after: '2026-11-27T11:59:00Z' }).notBefore).toBeNull()
  expect(read({})).toEqual({ priority: 0, notBefore: null, deadline: null })
  expect(read({ priority: -3, deadline: '2026-11-27T13:00:00Z' })).toMatchObject({
    priority: -3,
    deadline: new Date('2026-11-27T13:00:00Z'),
  })
})

test('what cannot be met is refused, with field, limit and remedy', () => {
  const refused = (fields: Parameters<typeof read>[0], path: string, words: RegExp) =>
    expect(() => read(fields)).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        message: expect.stringMatching(words),
        issues: [{ path, message: expect.any(String) }],
      }),
    )
  refused({ deadline: '2026-11-27T12:00:00Z' }, 'deadline', /not later than now .* give a later one/)
  refused({ deadline: '2026-11-27T12:01:00Z', after: 60 }, 'deadline', /not later than the time before which/)
  refused({ sessionPolicy: 'reject' }, 'sessionPolicy', /session_policy needs session_id/)
  expect(read({ sessionPolicy: 'reject', sessionId: SESSION }).priority).toBe(0)
})
