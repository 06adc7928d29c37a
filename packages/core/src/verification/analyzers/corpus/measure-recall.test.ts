import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { formatRecall, recallRows } from './format-recall.ts'
import { measureRecall } from './measure-recall.ts'

const CORPUS = fileURLToPath(new URL('../../../../../../tests/fixtures/planted-defects', import.meta.url))

test('x', async () => {
  const report = await measureRecall(CORPUS)
  console.log(formatRecall(report))
  expect(recallRows(report)).toBeTruthy()
})
