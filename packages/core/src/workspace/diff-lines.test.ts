import { expect, test } from 'vitest'
import { readDiffLines } from './diff-lines.ts'

test('tells added, removed and kept lines with their numbers in the new file', () => {
  const diff = `diff --git a/a b/a
--- a/a
+++ b/a
@@ -2,3 +2,4 @@ function f()
 two
-three
+3
+3.5
 four
@@ -20 +21,0 @@
-twenty
\\ No newline at end of file
`
  expect([...readDiffLines(diff)].map(({ kind, line, text }) => `${kind} ${line} ${text}`)).toEqual([
    'kept 2 two',
    'removed 3 three',
    'added 3 3',
    'added 4 3.5',
    'kept 5 four',
    'removed 22 twenty',
  ])
})

test('lines that look like a head or a hunk are content where they stand in a hunk', () => {
  const diff = '--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n+++ plus\n-- minus\n+@@ -9 +9 @@\n-- dash\n keep\n'
  expect([...readDiffLines(diff)].map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'added ++ plus',
    'removed - minus',
    'added @@ -9 +9 @@',
    'removed - dash',
    'kept keep',
  ])
})
