import { expect, test } from 'vitest'
import { readChangedLines, touches } from './changed-lines.ts'

const edit = (path: string, operation: 'create' | 'update' | 'delete' | 'rename', diff: string) => ({
  ...{ path, operation, diff },
  additions: 0,
  deletions: 0,
})

test('knows the lines that a change wrote, whatever the lines hold', () => {
  const changed = readChangedLines([
    edit(
      'a.js',
      'update',
      [
        'diff --git a/a.js b/a.js',
        '--- a/a.js',
        '+++ b/a.js',
        '@@ -1,4 +1,5 @@ function f() {',
        ' one',
        '-two',
        '+two again',
        '+++ counter',
        ' @@ -1 +1 @@',
        ' four',
        '@@ -10,0 +12 @@',
        '+twelve',
        '\\ No newline at end of file',
        '',
      ].join('\n'),
    ),
    edit('new.js', 'create', '--- /dev/null\n+++ b/new.js\n@@ -0,0 +1,2 @@\n+a\n+b\n'),
    edit('gone.js', 'delete', '--- a/gone.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n'),
    edit('moved.js', 'rename', 'similarity index 100%\n'),
  ])
  expect([...(changed.get('a.js') ?? [])]).toEqual([2, 3, 12])
  expect([...(changed.get('new.js') ?? [])]).toEqual([1, 2])
  expect([...(changed.get('moved.js') ?? [])]).toEqual([])
  expect(changed.has('gone.js')).toBe(false)
  expect(touches(changed, 'a.js', 1, 1)).toBe(false)
  expect(touches(changed, 'a.js', 1, 2)).toBe(true)
  expect(touches(changed, 'a.js', 4, 11)).toBe(false)
  expect(touches(changed, 'a.js', 1, Number.MAX_SAFE_INTEGER)).toBe(true)
  expect(touches(changed, 'other.js', 1, 99)).toBe(false)
})
