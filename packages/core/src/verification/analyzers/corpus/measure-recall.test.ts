import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { formatRecall, recallRows } from './format-recall.ts'
import { measureRecall } from './measure-recall.ts'

const CORPUS = fileURLToPath(new URL('../../../../../../tests/fixtures/planted-defects', import.meta.url))

test('sees as much of the planted defects as the documentation says, and nothing in files that are right', async () => {
  const report = await measureRecall(CORPUS, 'deep')
  const rows = new Map(recallRows(report).map(({ group, planted, found }) => [group, [found, planted]]))
  // docs/analyzers.md states these figures: change both together
  expect(Object.fromEntries(rows)).toMatchObject({
    JavaScript: [31, 38],
    TypeScript: [19, 25],
    Python: [24, 29],
    'known to the rules': [61, 70],
    'held out': [13, 22],
    logic: [0, 9],
    all: [74, 92],
  })
  expect(report.falseAlarms).toEqual([])
  expect(report.cleanFiles).toBe(23)
  expect(report.analyzers.map(({ name, status }) => `${name} ${status}`).sort()).toEqual([
    'ast-grep completed',
    'clones completed',
    'complexity completed',
    'eslint completed',
    'oxlint completed',
    'secretlint completed',
    'typescript completed',
  ])

  const text = formatRecall(report)
  expect(text).toMatch(/^all +92 +74 +18 +80 %$/m)
  expect(text).toContain('23 files without a fault: 0 false alarms of medium or worse, 0 below')
  expect(text).toContain('javascript/transfer.js:6  logic race')
})
