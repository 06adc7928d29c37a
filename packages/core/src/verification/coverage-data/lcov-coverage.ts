import { worktreePath } from '../project/worktree-path.ts'
import type { FileCoverage } from './file-coverage.ts'

/**
 * Reads an lcov tracefile.
 * @throws Error when there is no complete record in the text
 * @see https://manpages.debian.org/stable/lcov/geninfo.1.en.html#FILES
 */
export function parseLcovCoverage(text: string, worktree: string): FileCoverage[] {
  const files: FileCoverage[] = []
  let record = emptyRecord('')
  for (const line of text.split('\n')) {
    const separator = line.indexOf(':')
    const key = separator < 0 ? line.trim() : line.slice(0, separator)
    const values = line.slice(separator + 1).split(',')
    if (key === 'SF') record = emptyRecord(line.slice(separator + 1).trim())
    else if (key === 'DA') record.lines.set(Number(values[0]), Number(values[1]))
    else if (key === 'FNDA') record.functions.push(Number(values[0]))
    else if (key === 'BRDA') record.branches.push(values[3]?.trim() === '-' ? 0 : Number(values[3]))
    else if (key === 'end_of_record') {
      files.push({
        path: worktreePath(record.path, worktree),
        lines: record.lines,
        branches: countCovered(record.branches),
        functions: countCovered(record.functions),
        statements: null,
      })
    }
  }
  if (files.length === 0 && text.trim() !== '') throw new Error('The lcov report has no complete record.')
  return files
}

function emptyRecord(path: string) {
  return { path, lines: new Map<number, number>(), functions: [] as number[], branches: [] as number[] }
}

function countCovered(hits: readonly number[]) {
  return { total: hits.length, covered: hits.filter((count) => count > 0).length }
}
