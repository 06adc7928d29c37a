import { expect, test } from 'vitest'
import { preAuthenticationEncoding } from './pre-authentication-encoding.ts'

const encode = (type: string, payload: string): string =>
  new TextDecoder().decode(preAuthenticationEncoding(type, new TextEncoder().encode(payload)))

test("encodes the standard's own example", () => {
  expect(encode('http://example.com/HelloWorld', 'hello world')).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  )
})

test('lengths are those in bytes', () => {
  expect(encode('ü', '€')).toBe('DSSEv1 2 ü 3 €')
  expect(encode('', '')).toBe('DSSEv1 0  0 ')
})
