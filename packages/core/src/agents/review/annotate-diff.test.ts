import type { Finding } from '@codex/protocol'
import { expect, test } from 'vitest'
import type { FileEdit } from '../../workspace/workspace.ts'
import { annotateDiff } from './annotate-diff.ts'

const EDIT: FileEdit = {
  path: 'a.js',
  operation: 'update',
  additions: 2,
  deletions: 1,
  diff: 'diff --git a/a.js b/a.js\n--- a/a.js\n+++ b/a.js\n@@ -3,2 +3,3 @@ f()\n three\n-four\n+4\n+4.5\n@@ -20 +21 @@\n-x\n+y\n\\ No newline at end of file\n',
}
const finding = (id: string, path: string, line: number): Finding => ({
  id,
  severity: 'low',
  category: 'c',
  path,
  line,
  message: `about ${id}\nmore`,
  source: 'model',
})

test('puts each finding under the new line that it names', () => {
  const lines = annotateDiff([EDIT], [finding('F-1', 'a.js', 5), finding('F-2', 'a.js', 21), finding('F-3', 'a.js', 3)])
  expect(lines.split('\n')).toEqual([
    ...EDIT.diff.split('\n').slice(0, 5),
    '# F-3 [low, c] about F-3',
    '#   more',
    '-four',
    '+4',
    '+4.5',
    '# F-1 [low, c] about F-1',
    '#   more',
    '@@ -20 +21 @@',
    '-x',
    '+y',
    '# F-2 [low, c] about F-2',
    '#   more',
    '\\ No newline at end of file',
    '',
  ])
})

test('findings about lines outside of the diff follow at the end', () => {
  const text = annotateDiff([EDIT, { ...EDIT, path: 'b.bin', diff: '' }], [finding('F-1', 'z.js', 5)])
  expect(text).toBe(`${EDIT.diff}# z.js:5\n# F-1 [low, c] about F-1\n#   more\n`)
  expect(annotateDiff([], [])).toBe('')
})
