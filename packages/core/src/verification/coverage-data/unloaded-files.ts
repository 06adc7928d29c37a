import type { Workspace } from '../../workspace/workspace.ts'
import type { FileCoverage } from './file-coverage.ts'

const NOTHING: FileCoverage['branches'] = { total: 0, covered: 0 }
const EXECUTABLE = /\b(function|class|const|let|var|enum|await|return|if|for|while|require|new)\b|=>/
const COMMENT_OR_BLANK = /^\s*($|\/\/|\/?\*)/

/**
 * Coverage of source files that no test loaded, for tools that leave them out: every line is uncovered. Files that only
 * hold types are nothing to run and stay out.
 */
export async function unloadedFiles(
  workspace: Workspace,
  sourceFiles: readonly string[],
  measured: readonly FileCoverage[],
): Promise<FileCoverage[]> {
  const loaded = new Set(measured.map(({ path }) => path))
  const unloaded: FileCoverage[] = []
  for (const path of sourceFiles) {
    if (loaded.has(path)) continue
    const text = await workspace.readFile(path)
    if (!EXECUTABLE.test(text)) continue
    const lines = new Map<number, number>()
    for (const [index, line] of text.split('\n').entries()) {
      if (!COMMENT_OR_BLANK.test(line)) lines.set(index + 1, 0)
    }
    unloaded.push({ path, lines, branches: NOTHING, functions: NOTHING, statements: null })
  }
  return unloaded
}
