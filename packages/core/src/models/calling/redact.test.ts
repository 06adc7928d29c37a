import { expect, test } from 'vitest'
import { redact } from './redact.ts'

test.each([
  ['a configured key', 'denied for my-own-key!', 'denied for [key]!'],
  ['a vendor’s key', 'Incorrect API key provided: sk-proj-abc123DEF456', 'Incorrect API key provided: [key]'],
  ['a masked key', 'provided: sk-proj-********************cdef.', 'provided: [key].'],
  ['a header', '{"Authorization":"Bearer abcdef1234567890"}', '{"Authorization":"Bearer [key]"}'],
  ['a key in an address', 'GET https://h/v1?key=AIzaSyExample123&alt=sse', 'GET https://h/v1?key=[key]&alt=sse'],
  ['a password in an address', 'cannot reach http://user:pass@h/', 'cannot reach http://[key]@h/'],
  ['the prompt', 'invalid input: write me a web server', 'invalid input: [prompt]'],
  ['nothing in plain words', 'Check your API key configuration.', 'Check your API key configuration.'],
])('hides %s', (_, text, expected) => {
  expect(redact(text, ['my-own-key'], ['write me a web server'])).toBe(expected)
})

test('keeps messages short', () => {
  expect(redact('x'.repeat(10_000), [])).toHaveLength(301)
})
