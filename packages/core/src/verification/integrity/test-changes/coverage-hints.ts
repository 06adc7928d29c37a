import type { FileEdit } from '../../../workspace/workspace.ts'
import { looksLikeTest } from '../../project/read-project.ts'
import { addedLines, removedLines } from '../added-lines.ts'
import { type IntegrityFinding, integrityFinding } from '../integrity-finding.ts'

const HINT =
  /(?:\/\*|\/\/|\*)\s*(?:istanbul|c8|v8)\s+ignore\s+\w+|(?:\/\*|\/\/)\s*node:coverage\s+(?:ignore|disable)|#\s*pragma:?\s*no\s*(?:cover|branch)|#\[\s*(?:coverage\(off\)|no_coverage|cfg_attr\([^)]*coverage[^)]*off)/i
const WHOLE = /ignore\s+(file|start)|node:coverage\s+disable/i
const SOURCE = /\.([cm]?[jt]sx?|vue|svelte|py|go|rs)$/

/**
 * Finds comments that take code out of the coverage. In a file that the change itself made, a hint for the next lines
 * (around an entry point, say) is only suspicious.
 */
export function findCoverageHints(edits: readonly FileEdit[]): IntegrityFinding[] {
  return edits
    .filter(({ path, operation }) => operation !== 'delete' && SOURCE.test(path) && !looksLikeTest(path))
    .flatMap(({ path, operation, diff }) => {
      const removed = removedLines(diff)
      return addedLines(diff).flatMap(({ line, text }) => {
        const hint = HINT.exec(text.slice(0, 1_000))?.[0]
        // a line that was only indented or moved had its hint before
        if (hint === undefined || removed.some((old) => old.trim() === text.trim())) return []
        const severity = operation === 'create' && !WHOLE.test(hint) ? 'medium' : 'high'
        const message = `"${hint.trim()}" takes code out of the coverage.`
        return [integrityFinding('coverage_excluded', severity, { path, line }, message, 'Test the code instead.')]
      })
    })
}
