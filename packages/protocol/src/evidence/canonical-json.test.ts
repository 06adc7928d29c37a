import { expect, test } from 'vitest'
import { canonicalJson, contentText } from './canonical-json.ts'

test('writes numbers, strings and literals as in the example of RFC 8785, section 3.2.2', () => {
  const value = {
    numbers: JSON.parse('[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]'),
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  }
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
})

test('sorts keys by UTF-16 code units, as in the example of RFC 8785, section 3.2.3', () => {
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  }
  expect([...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map(([, name]) => name)).toEqual([
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ])
})

test('keys that look like numbers are sorted as text', () => {
  expect(canonicalJson({ '9': 1, '10': 2, a: { c: 1, b: 2 } })).toBe('{"10":2,"9":1,"a":{"b":2,"c":1}}')
})

test('members without a value are left out, items without one are null', () => {
  expect(canonicalJson({ a: undefined, b: [undefined, -0] })).toBe('{"b":[null,0]}')
})

test('refuses numbers that JSON has no form for', () => {
  expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError)
  expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow(TypeError)
})

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
