// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are source text
import { expect, test } from 'vitest'
import { maskSource } from './mask-source.ts'

test.each([
  ['a(); // eval(x)', 'a();           '],
  ["a('eval(x)')", "a('       ')"],
  ['a("it\'s") + b', 'a("    ") + b'],
  ['`a ${b(`c ${d}`)} e` + f', '`  ${b(`  ${d}`)}  ` + f'],
  ['`${{ a: 1 }.a}` + b', '`${{ a: 1 }.a}` + b'],
  ['x = /a"b/g; c("d")', 'x = /     ; c(" ")'.replace('/     ;', '/    g;')],
  ['x = a / b / c', 'x = a / b / c'],
  ["x = y.replace(/[/'\"]/g, '') + z", "x = y.replace(/      g, '') + z"],
  ['a /* b\nc */ d', 'a     \n     d'],
  ["'a\\'b' + c", "'    ' + c"],
])('masks %j', (text, code) => {
  expect(maskSource(text).code).toBe(code)
})

test('keeps offsets and lines of unfinished text', () => {
  for (const text of ['`a ${', "'a\nb", '/* a', 'x = /a\nb', '`a\\']) {
    const { code, withStrings } = maskSource(text)
    expect(code.length).toBe(text.length)
    expect(withStrings.length).toBe(text.length)
    expect(code.split('\n').length).toBe(text.split('\n').length)
  }
})

test('keeps strings where only comments are masked', () => {
  const { withStrings, comments } = maskSource("a('b') // c")
  expect(withStrings).toBe("a('b')     ")
  expect(comments).toEqual([{ start: 7, text: '// c' }])
})
