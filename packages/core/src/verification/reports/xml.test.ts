import { expect, test } from 'vitest'
import { parseXml } from './xml.ts'

test('reads attributes, text, CDATA and entities', () => {
  const root = parseXml(
    `<?xml version="1.0"?>\n<!-- <no> --><a x="1 &lt; 2" y='"'>t&amp;&#65;&#x42;<b/><![CDATA[<raw>]]></a>\n`,
  )
  expect(root).toEqual({
    name: 'a',
    attributes: { x: '1 < 2', y: '"' },
    text: 't&AB<raw>',
    children: [{ name: 'b', attributes: {}, text: '', children: [] }],
  })
})

test.each([
  '<a>',
  '<a></b>',
  '</a>',
  '<a/><b/>',
  '<a',
  `${'<a>'.repeat(300)}${'</a>'.repeat(300)}`,
  '<!DOCTYPE x [<!ENTITY e "e">]><a>&e;</a>',
])('refuses %.40s', (text) => {
  expect(() => parseXml(text)).toThrow()
})

test('reads a long hostile text in linear time', () => {
  expect(() => parseXml(`<a ${'x="'.repeat(50_000)}`)).toThrow()
})
