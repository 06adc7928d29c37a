import { expect, test } from 'vitest'
import { contentText } from './content-text.ts'

test('fields that say nothing do not count, so that later versions may add some', () => {
  const before = { verdict: 'passed', tests: { failed: 0, ok: false, name: '' } }
  const after = {
    ...before,
    integrity: null,
    gates: [],
    tests: { ...before.tests, extra: { inner: {} }, none: undefined },
  }
  expect(contentText(after)).toBe(contentText(before))
  expect(contentText(before)).toBe('{"tests":{"failed":0,"name":"","ok":false},"verdict":"passed"}')
})

test('items of a list keep their places, also empty ones', () => {
  expect(contentText({ list: [null, {}, [], { a: null }] })).toBe('{"list":[null,{},[],{}]}')
})
