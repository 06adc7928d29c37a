import { expect, test } from 'vitest'
import { extractJson } from './extract-json.ts'

test.each([
  ['an array', '[1,2]', [1, 2]],
  ['a scalar', ' "x" ', 'x'],
  ['braces within strings', 'Result: {"a":"}{\\"","b":[{"c":1}]} end', { a: '}{"', b: [{ c: 1 }] }],
  ['a fence without a language', '```\n{"a":1}\n```', { a: 1 }],
  ['a fence within the JSON', '{"code":"```js\\n{}\\n```"}', { code: '```js\n{}\n```' }],
  ['the longest value', '[1] {not json} then {"a":1}', { a: 1 }],
  ['a value within brackets that are prose', '(see {the answer: {"a":1}})', { a: 1 }],
])('finds %s', (_, text, value) => {
  expect(extractJson(text)).toEqual({ value })
})

test.each([
  ['nothing', '  ', 'empty'],
  ['prose', 'I would rather not.', 'no complete JSON'],
  ['a cut-off value', '{"a":[1,2', 'no complete JSON'],
])('says what is wrong with %s', (_, text, words) => {
  expect(extractJson(text)).toEqual({ problem: expect.stringContaining(words) })
})

test('takes linear time on a long text of brackets', () => {
  const text = '[{'.repeat(200_000)
  expect(extractJson(text)).toHaveProperty('problem')
})
