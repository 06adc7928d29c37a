import { expect, test } from 'vitest'
import { parsePrefer } from './prefer.ts'

test.each([
  [undefined, false, undefined],
  ['', false, undefined],
  ['respond-async', true, undefined],
  ['Respond-Async', true, undefined],
  ['wait=30', false, 30],
  ['wait = 30', false, 30],
  ['wait="30"', false, 30],
  ['wait=0', false, 0],
  ['respond-async, wait=10', true, 10],
  ['respond-async; foo=bar, wait=10; x', true, 10],
  ['wait=5, wait=50', false, 5],
  ['wait=-1', false, undefined],
  ['wait=abc', false, undefined],
  ['wait', false, undefined],
  ['return=minimal, handling=lenient', false, undefined],
  [',,', false, undefined],
  [['respond-async', 'wait=3'], true, 3],
])('%j', (header, respondAsync, waitS) => {
  expect(parsePrefer(header)).toEqual({ respondAsync, waitS })
})
