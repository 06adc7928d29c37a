import { expect, test } from 'vitest'
import { z } from 'zod'
import { toWireSchema } from '../naming/wire-schema.ts'
import { orchestrateRequest } from '../orchestrate-request.ts'
import { invalidRequest } from './validation-issues.ts'

function issuesOf(value: unknown): Record<string, string> {
  const parsed = z.safeParse(toWireSchema(orchestrateRequest), value)
  if (parsed.success) return {}
  return Object.fromEntries(invalidRequest(parsed.error).issues?.map((issue) => [issue.path, issue.message]) ?? [])
}

test('names every unknown field by its whole path', () => {
  expect(issuesOf({ prompt: 'x', nope: 1, other: 2, budget: { foo: 2 } })).toEqual({
    nope: 'unknown field',
    other: 'unknown field',
    'budget.foo': 'unknown field',
  })
})

test('says that a missing field is required and of which type', () => {
  expect(issuesOf({})).toEqual({ prompt: 'is required (string)' })
})

test('lists what a union would have accepted', () => {
  expect(issuesOf({ prompt: 'x', options: { coverage_goals: [1] } })).toEqual({
    'options.coverage_goals': 'expected number or string or object',
  })
})

test('points into the branch of a union that came furthest', () => {
  expect(issuesOf({ prompt: 'x', options: { target_files: ['a', 1] } })).toEqual({
    'options.target_files.1': 'expected string, received number',
  })
})

test('the message repeats the first issues and counts the rest', () => {
  const parsed = z.safeParse(z.strictObject({}), { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 })
  expect(parsed.success).toBe(false)
  if (parsed.error === undefined) return
  const error = invalidRequest(parsed.error)
  expect(error.code).toBe('INVALID_REQUEST')
  expect(error.message).toBe(
    'a: unknown field; b: unknown field; c: unknown field; d: unknown field; e: unknown field; and 2 more',
  )
  expect(error.issues).toHaveLength(7)
})
