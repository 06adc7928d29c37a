import { expect, test } from 'vitest'
import { orderFaults } from './choose-faults.ts'
import { findJavascriptFaults } from './javascript-faults.ts'
import { findPythonFaults } from './python-faults.ts'
import { applyFault } from './seeded-fault.ts'

async function faultsOf(source: string) {
  const faults = await findJavascriptFaults('a.ts', source, () => true)
  return faults.map(({ operator, original, replacement }) => `${operator}: ${original} -> ${replacement}`)
}

test.each<[string, string[]]>([
  [
    'function f(a) { if (a < 3) g(a) }',
    [
      'negate-condition: a < 3 -> !(a < 3)',
      'flip-boundary: < -> <=',
      'off-by-one: 3 -> 4',
      'remove-statement: g(a) -> ;',
    ],
  ],
  ['const f = (a, b) => a + b', ['return-value: a + b -> undefined', 'flip-arithmetic: + -> -']],
  ['function f(a, b) { return a && b }', ['return-value: a && b -> undefined', 'flip-logical: && -> ||']],
  ['function f() { return true }', ['boolean-literal: true -> false']],
  ['function f(server, done) { server.close(); done(1) }', ['off-by-one: 1 -> 2']],
  ['const f = (a) => { if (!a) return }', ['negate-condition: !a -> a']],
  ['const f = (a) => { if (a === null) return }', ['flip-equality: === -> !==']],
  [`const name = 'x'`, [`empty-string: 'x' -> ''`]],
  ['const s = a + "x"', [`empty-string: "x" -> ''`]],
])('seeds faults into %s', async (source, expected) => {
  expect(await faultsOf(source)).toEqual(expected)
})

test.each([
  `import x from 'y'`,
  `throw new RangeError('too large ' + 1)`,
  `console.log('x', 1 + 1)`,
  `logger.info('x')`,
  `setTimeout(f, 100)`,
  `const timeoutMs = 500`,
  `interface A { a: 'x' | 1; b: true }`,
  `type A = 'x' | 'y'`,
  `'use strict'`,
  `for (const x of xs) {}`,
  `const o = { 'key': x }`,
  `// if (a < b) return true`,
])('leaves alone %s', async (source) => {
  expect(await faultsOf(source)).toEqual([])
})

test('seeds on chosen lines only, and says where', async () => {
  const source = 'export function f(a) {\n  const b = a + 1\n  return b * 2\n}\n'
  const faults = await findJavascriptFaults('a.js', source, (line) => line === 3)
  expect(faults.map(({ line, operator, scope }) => [line, operator, scope])).toEqual([
    [3, 'return-value', '/f'],
    [3, 'flip-arithmetic', '/f'],
    [3, 'off-by-one', '/f'],
  ])
  const flipped = faults[1]
  expect(flipped && applyFault(source, flipped)).toContain('return b / 2')
})

test('seeds faults into Python', () => {
  const source = `def f(a, b):
    """if a < b: text"""
    if a < b and a == 1:  # comment a < b
        return a + b
    raise ValueError("a < b")
    return False
`
  const faults = findPythonFaults('a.py', source, () => true)
  expect(
    faults.map(({ line, operator, original, replacement }) => `${line} ${operator}: ${original} -> ${replacement}`),
  ).toEqual([
    '3 flip-equality: == -> !=',
    '3 flip-boundary: < -> <=',
    '3 flip-logical: and -> or',
    '3 off-by-one: 1 -> 2',
    '3 negate-condition: a < b and a == 1 -> not (a < b and a == 1)',
    '4 flip-arithmetic: + -> -',
    '4 return-value: a + b -> None',
    '6 boolean-literal: False -> True',
  ])
  for (const fault of faults) expect(source.slice(fault.start, fault.end)).toBe(fault.original)
})

test('orders faults by the seed, spread over functions and kinds', async () => {
  const source = ['f', 'g', 'h']
    .map((name) => `export function ${name}(a, b) {\n  if (a > b) return a - b\n  return a * b\n}\n`)
    .join('')
  const faults = await findJavascriptFaults('a.js', source, () => true)
  const order = orderFaults(faults, 'seed')
  expect(order).toHaveLength(faults.length)
  expect(order).toEqual(orderFaults([...faults].reverse(), 'seed'))
  expect(new Set(order.slice(0, 3).map(({ scope }) => scope)).size).toBe(3)
  expect(new Set(order.slice(0, 3).map(({ operator }) => operator)).size).toBe(3)
  expect(orderFaults(faults, 'other').slice(0, 6)).not.toEqual(order.slice(0, 6))
})
