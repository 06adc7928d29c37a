import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { OutputCapture } from './output-capture.ts'

function captureOf(maxBytes: number, ...chunks: readonly (string | Buffer)[]) {
  const output = new OutputCapture(maxBytes)
  for (const chunk of chunks) output.write(Buffer.from(chunk))
  return output
}

test('keeps everything up to the limit', () => {
  expect(captureOf(10, '12345', '67890').capture()).toEqual({ text: '1234567890', truncated: false })
  expect(captureOf(10).capture()).toEqual({ text: '', truncated: false })
})

test('drops the middle and says how much', () => {
  const expected = { text: '12345\n… 2 bytes dropped …\n890ab', truncated: true }
  expect(captureOf(10, '1234567890ab').capture()).toEqual(expected)
  expect(captureOf(10, ...'1234567890ab').capture()).toEqual(expected)
})

test('cuts no character in two', () => {
  const { text } = captureOf(8, 'aäöü€€€€ß€€').capture()
  expect(text).not.toContain('\uFFFD')
  expect(text).toMatch(/^aä\n… \d+ bytes dropped …\n€$/)
})

test('bytes that are no text at all still come through', () => {
  expect(captureOf(4, Buffer.alloc(64, 0x80)).capture().truncated).toBe(true)
})

test('hashes all of it', () => {
  const chunks = Array.from({ length: 3000 }, (_, index) => `line ${index}\n`)
  const output = captureOf(100, ...chunks)
  expect(output.capture().text).toMatch(/^line 0\n.*line 2999\n$/s)
  expect(output.digest()).toEqual(createHash('sha256').update(chunks.join('')).digest())
})
