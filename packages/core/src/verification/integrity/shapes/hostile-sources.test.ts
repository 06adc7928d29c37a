import { expect, test } from 'vitest'
import { readTestShape } from './read-test-shape.ts'

const many = (text: string): string => text.repeat(Math.floor(300_000 / text.length))

// Each of them takes minutes where something is read again for every part of it.
test.each([
  ['a.test.js', 'nested asserts', 'assert('.repeat(2_000) + ')'.repeat(2_000)],
  ['a.test.js', 'a chain of calls', `a${'.b()'.repeat(3_000)}`],
  [
    'a.test.js',
    'functions that call one another',
    `${Array.from({ length: 200 }, (_, index) => `function f${index}() { ${`f${index + 1}(); `.repeat(200)} }\n`).join(
      '',
    )}it('x', () => f0())`,
  ],
  ['a.test.js', 'a function that calls itself', `function f() { f(); expect(x).toBe(1) }\nit('x', () => f())`],
  ['a.test.js', 'tests without end', many(`it('a',()=>{})\n`)],
  ['a.test.js', 'an endless table', `it.each([${many('[1],')}])('a', () => {})`],
  ['test_a.py', 'definitions without end', many('def test_a(): pass\n')],
  [
    'test_a.py',
    'one endless test',
    `def test_a():\n    try:\n${many('        assert x == 1\n')}    except Exception:\n        pass\n`,
  ],
  ['test_a.py', 'blanks', `assert x or True${' '.repeat(900_000)}x`],
  ['test_a.py', 'open brackets', many('(')],
  ['test_a.py', 'quotes', many(`"'`)],
  ['a_test.go', 'functions that never close', many('func TestA(t *testing.T) {\n')],
  ['a_test.go', 'functions that never open', many('func TestA(\n')],
  ['src/a.rs', 'nested functions', 'fn a() {\n'.repeat(50_000) + '}'.repeat(50_000)],
])('reads %s with %s in good time', { timeout: 20_000 }, async (path, _what, source) => {
  const shape = await readTestShape(path, source)
  expect(shape === null || Array.isArray(shape.cases)).toBe(true)
})
