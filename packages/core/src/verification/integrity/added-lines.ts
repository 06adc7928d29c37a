import { type DiffLine, readDiffLines } from '../../workspace/index.ts'

/** Reads the added lines out of the unified diff of one file. */
export function addedLines(diff: string): readonly Pick<DiffLine, 'line' | 'text'>[] {
  return [...readDiffLines(diff)].filter(({ kind }) => kind === 'added')
}

/** Lines that a change removed, without their sign. */
export function removedLines(diff: string): readonly string[] {
  return [...readDiffLines(diff)].filter(({ kind }) => kind === 'removed').map(({ text }) => text)
}
