import { expect, test } from 'vitest'
import { createEgressDenials } from './egress-denials.ts'

const names = (count: number) => Array.from({ length: count }, (_, index) => `host-${index}.example:443`)

test('names each destination once, in the order of the first refusal', () => {
  const denials = createEgressDenials()
  for (const name of ['b:1', 'a:1', 'b:1', 'a:2']) denials.add(name)
  expect(denials.list()).toEqual(['b:1', 'a:1', 'a:2'])
})

test('lists a hundred and tells how many more there were', () => {
  const denials = createEgressDenials()
  for (const name of names(100)) denials.add(name)
  expect(denials.list()).toEqual(names(100))
  for (const name of [...names(137), ...names(137)]) denials.add(name)
  expect(denials.list()).toEqual([...names(100), 'and 37 more'])
})

test('does not grow without end, neither in number nor in length', () => {
  const denials = createEgressDenials()
  denials.add('x'.repeat(10_000))
  for (const name of names(5_000)) denials.add(name)
  expect(denials.list()).toHaveLength(101)
  expect(denials.list().at(0)).toHaveLength(260)
  expect(denials.list().at(-1)).toBe('and 1000 or more others')
})
