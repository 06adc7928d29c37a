import { expect, test } from 'vitest'
import { findChangedLines } from './changed-lines.ts'

const isChanged = findChangedLines([
  {
    path: 'a.js',
    operation: 'update',
    additions: 2,
    deletions: 2,
    diff: '--- a/a.js\n+++ b/a.js\n@@ -3,3 +3,4 @@ f()\n three\n-four\n+4\n+4.5\n five\n@@ -20,2 +21 @@\n twenty\n-gone\n',
  },
])

test.each([
  [4, true],
  [5, true],
  [3, true], // right before
  [6, true], // right after
  [8, false],
  [2, false],
  [21, true], // beside the gap
  [22, true],
  [24, false],
])('line %i of a changed file: %s', (line, expected) => {
  expect(isChanged('a.js', line)).toBe(expected)
})

test('a range counts when any of its lines changed; files without a change never do', () => {
  expect(isChanged('a.js', 1, 9)).toBe(true)
  expect(isChanged('a.js', 8, 12)).toBe(false)
  expect(isChanged('b.js', 4)).toBe(false)
})
