import { isUtf8 } from 'node:buffer'
import { EMPTY_TREES } from './git-object.ts'
import type { ObjectMemory } from './object-memory.ts'
import { isPlainPath } from './plain-path.ts'

export interface CreatedFile {
  readonly path: string
  readonly additions: number
  readonly diff: string
}

/** Git looks for a NUL in so many bytes to find out whether a file is binary. */
const BINARY_PROBE_BYTES = 8_000

/**
 * Compares two trees of which the second one only has more text files, in git's own form.
 *
 * @param hashCharacters how much of an object's name the diffs show
 * @returns null for everything else, which git has to compare
 */
export function diffCreations(
  memory: ObjectMemory,
  fromTree: string,
  toTree: string,
  hashCharacters: number,
): CreatedFile[] | null {
  if (fromTree === toTree) return []
  const before = memory.filesOf(fromTree)
  const after = memory.filesOf(toTree)
  for (const [path, { mode, hash }] of before) {
    const now = after.get(path)
    if (now?.mode !== mode || now.hash !== hash) return null
  }
  const created: CreatedFile[] = []
  for (const [path, { mode, hash }] of after) {
    if (before.has(path)) continue
    if (!isPlainPath(path) || (mode !== '100644' && mode !== '100755')) return null
    const { content } = memory.get(hash)
    if (content.subarray(0, BINARY_PROBE_BYTES).includes(0) || !isUtf8(content)) return null
    const lines = content.toString('utf8').split('\n')
    const isTerminated = lines.at(-1) === ''
    if (isTerminated) lines.pop()
    const none = '0'.repeat(EMPTY_TREES.sha1.length)
    const head = [
      `diff --git a/${path} b/${path}`,
      `new file mode ${mode}`,
      `index ${none.slice(0, hashCharacters)}..${hash.slice(0, hashCharacters)}`,
    ]
    const body =
      lines.length === 0
        ? []
        : [
            '--- /dev/null',
            `+++ b/${path}`,
            `@@ -0,0 +${lines.length === 1 ? '1' : `1,${lines.length}`} @@`,
            ...lines.map((line) => `+${line}`),
            ...(isTerminated ? [] : ['\\ No newline at end of file']),
          ]
    created.push({ path, additions: lines.length, diff: `${[...head, ...body].join('\n')}\n` })
  }
  return created
}
