import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { ForgedReportError, newSealKey, readSealed } from './sealed-report.ts'

const key = newSealKey()
const sealOf = (text: string, sealKey = key) => createHmac('sha256', sealKey).update(text).digest('hex')
const read = (content: string | null) => readSealed(async () => content, key)

test('gives the text under a right seal', async () => {
  expect(await read(`${sealOf('a\nb')}\na\nb`)).toBe('a\nb')
  expect(await read(`${sealOf('')}\n`)).toBe('')
  expect(await read(null)).toBeNull()
})

test.each([
  ['an empty file', ''],
  ['no seal', '{"passed":9}'],
  ['an empty seal', '\n{"passed":9}'],
  ['the seal of another key', `${sealOf('a', newSealKey())}\na`],
  ['the seal of another text', `${sealOf('a')}\nb`],
  ['a text that was cut', `${sealOf('a\nb')}\na\n`],
  ['a text that was extended', `${sealOf('a')}\na\n`],
])('refuses %s', async (_what, content) => {
  await expect(read(content)).rejects.toThrow(ForgedReportError)
})

test('makes another key each time', () => {
  expect(newSealKey()).not.toBe(key)
  expect(key).toMatch(/^[0-9a-f]{64}$/)
})
