import type { Workspace } from '../../../workspace/workspace.ts'
import { looksLikeTest } from '../../project/read-project.ts'
import { type IntegrityFinding, integrityFinding } from '../integrity-finding.ts'
import { resolveImport, type TreeView } from '../tree-view.ts'

const MAX_IGNORED = 2_000
const BUILT = /(^|\/)(dist|build|out|lib|target|\.next|generated)\//

/**
 * Finds files that tests need and that a changed `.gitignore` keeps out of the tree: what was executed is not what is
 * handed over.
 */
export async function findHiddenFiles(
  workspace: Pick<Workspace, 'listIgnoredFiles'>,
  testFiles: readonly string[],
  before: TreeView,
  after: TreeView,
): Promise<IntegrityFinding[]> {
  const changed = await changedIgnoreFile(before, after)
  if (changed === null) return []
  const ignored = new Set(await workspace.listIgnoredFiles({ limit: MAX_IGNORED }))
  if (ignored.size === 0) return []
  const findings: IntegrityFinding[] = []
  for (const file of testFiles) {
    for (const specifier of (await after.shape(file))?.imports ?? []) {
      const hidden = resolveImport(file, specifier, ignored)
      if (hidden === null || (await after.files()).has(hidden)) continue
      const message = `The tests need ${hidden}, which ${changed} keeps out of the change.`
      const severity = BUILT.test(hidden) ? 'medium' : 'high'
      findings.push(
        integrityFinding('hidden_dependency', severity, { path: file }, message, `Remove the entry from ${changed}.`),
      )
    }
  }
  for (const path of [...ignored].filter(looksLikeTest).slice(0, 20)) {
    const message = `${changed} keeps the test file ${path} out of the change.`
    findings.push(integrityFinding('hidden_dependency', 'medium', { path: changed }, message))
  }
  return findings
}

async function changedIgnoreFile(before: TreeView, after: TreeView): Promise<string | null> {
  for (const path of await after.files()) {
    if (path !== '.gitignore' && !path.endsWith('/.gitignore')) continue
    if ((await before.text(path)) !== (await after.text(path))) return path
  }
  return null
}
