import { expect, test } from 'vitest'
import { withApiVersion } from './base-url.ts'

test.each([
  ['http://h:1', 'http://h:1/v1'],
  ['http://h:1/', 'http://h:1/v1'],
  ['http://h:1/v1', 'http://h:1/v1'],
  ['http://h:1/v1/', 'http://h:1/v1'],
  ['https://h/openai/v2', 'https://h/openai/v2'],
  ['https://h/gateway', 'https://h/gateway'],
])('completes %s to %s', (baseUrl, expected) => {
  expect(withApiVersion(baseUrl, 'v1')).toBe(expected)
})

test('adds the version behind any path where the vendor’s tools do', () => {
  expect(withApiVersion('https://h/anthropic', 'v1', true)).toBe('https://h/anthropic/v1')
  expect(withApiVersion('https://h/v1beta', 'v1', true)).toBe('https://h/v1beta')
})
