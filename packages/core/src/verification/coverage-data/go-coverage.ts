import type { FileCoverage } from './file-coverage.ts'

const BLOCK = /^(.+):(\d+)\.\d+,(\d+)\.\d+ (\d+) (\d+)$/

/**
 * Reads a Go cover profile. Its blocks name import paths; the module's own path is cut off so that the worktree's paths
 * stay. A line counts as run as often as its most run block.
 * @param modulePath the `module` line of go.mod
 * @throws Error when a line is not a block
 * @see https://pkg.go.dev/golang.org/x/tools/cover#ParseProfiles
 */
export function parseGoCoverage(text: string, modulePath: string): FileCoverage[] {
  const files = new Map<string, { lines: Map<number, number>; total: number; covered: number }>()
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('mode:')) continue
    const [, importPath, first, last, statements, count] = BLOCK.exec(line) ?? []
    if (importPath === undefined) throw new Error(`The cover profile has a line that is no block: ${line.slice(0, 80)}`)
    const path = importPath.startsWith(`${modulePath}/`) ? importPath.slice(modulePath.length + 1) : importPath
    const file = files.get(path) ?? { lines: new Map<number, number>(), total: 0, covered: 0 }
    files.set(path, file)
    for (let number = Number(first); number <= Number(last); number += 1) {
      file.lines.set(number, Math.max(file.lines.get(number) ?? 0, Number(count)))
    }
    file.total += Number(statements)
    if (Number(count) > 0) file.covered += Number(statements)
  }
  return [...files].map(([path, { lines, total, covered }]) => ({
    path,
    lines,
    branches: null,
    functions: null,
    statements: { total, covered },
  }))
}
