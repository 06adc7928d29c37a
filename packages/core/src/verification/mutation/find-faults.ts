import type { CoverageReport } from '@codex/protocol'
import type { FileEdit } from '../../workspace/workspace.ts'
import { addedLines } from '../integrity/added-lines.ts'
import type { TreeView } from '../integrity/tree-view.ts'
import { findJavascriptFaults } from './javascript-faults.ts'
import { findPythonFaults } from './python-faults.ts'
import type { SeededFault } from './seeded-fault.ts'

const MAX_FILES = 200

/** Whether faults can be seeded into a file. */
export function canSeed(path: string): boolean {
  return /\.([cm]?[jt]sx?|py)$/.test(path) && !/\.d\.[cm]?ts$/.test(path)
}

/**
 * Finds the faults that can be seeded on the lines that a change added to the project's own source. Lines that no test
 * executes are left out where the coverage is known: a fault there is never noticed, and the coverage says so already.
 */
export async function findFaults(
  edits: readonly FileEdit[],
  head: TreeView,
  sourceFiles: readonly string[],
  coverage: CoverageReport | null,
): Promise<SeededFault[]> {
  const sources = new Set(sourceFiles)
  const covered = coverage === null ? null : new Map(coverage.files.map((file) => [file.path, file]))
  const faults: SeededFault[] = []
  for (const { path, diff, operation } of edits.slice(0, MAX_FILES)) {
    if (operation === 'delete' || !sources.has(path) || !canSeed(path)) continue
    const measured = covered?.get(path)
    if (covered !== null && measured === undefined) continue
    const uncovered = new Set(measured?.uncoveredLines ?? [])
    const changed = new Set(addedLines(diff).map(({ line }) => line))
    const text = changed.size === 0 ? null : await head.text(path)
    if (text === null) continue
    const isChosen = (line: number): boolean => changed.has(line) && !uncovered.has(line)
    faults.push(
      ...(path.endsWith('.py')
        ? findPythonFaults(path, text, isChosen)
        : await findJavascriptFaults(path, text, isChosen)),
    )
  }
  return faults
}
