import type { ChangesArtifact, SpecArtifact } from '@codex/protocol'
import { normalizePath } from '../../task/given-files.ts'
import type { FileEdit, Snapshot, Workspace } from '../../workspace/workspace.ts'
import { readAtIfPresent } from '../evidence/read-if-present.ts'
import type { CodeReport } from './code-report.ts'
import { findDependencyChanges } from './dependency-changes.ts'
import { detectLanguage } from './language.ts'
import { parsePackageJson } from './package-json.ts'
import { resolveRunCommands } from './run-commands.ts'

/** What a step left behind, and what it said about it. */
export interface StepWork {
  readonly workspace: Workspace
  /** Tree that the step started from. */
  readonly inputTree: string
  readonly snapshot: Snapshot
  readonly edits: readonly FileEdit[]
  /** Null when the model ended with words. */
  readonly report: CodeReport | null
  readonly text: string
  readonly spec: SpecArtifact | undefined
}

/** Makes the changes artifact: facts from the diff, reasons from the report; where they disagree, a warning. */
export async function buildChanges(work: StepWork): Promise<ChangesArtifact> {
  const { workspace, snapshot, edits, report } = work
  const reported = new Map((report?.files ?? []).map((file) => [normalizePath(file.path), file]))
  const warnings = [...(report?.warnings ?? [])]
  const changedPaths = new Set(edits.flatMap((edit) => [edit.path, ...(edit.from === undefined ? [] : [edit.from])]))
  for (const path of reported.keys()) {
    if (!changedPaths.has(path)) warnings.push(`The agent reported a change of "${path}", but it did not change`)
  }
  const known = work.spec && new Set(work.spec.requirements.map((requirement) => requirement.id))
  const unknown = new Set<string>()

  const artifactEdits: ChangesArtifact['edits'] = []
  for (const edit of edits) {
    const said = reported.get(edit.path)
    const requirements = [...new Set(said?.requirements ?? [])].filter((id) => {
      if (known === undefined || known.has(id)) return true
      unknown.add(id)
      return false
    })
    const content = edit.operation === 'create' ? await readAtIfPresent(workspace, snapshot.tree, edit.path) : null
    const isText = edit.diff !== '' || content === ''
    artifactEdits.push({
      path: edit.path,
      operation: edit.operation,
      ...(edit.from === undefined ? {} : { from: edit.from }),
      ...(content !== null && isText ? { content } : {}),
      ...(edit.operation !== 'create' && edit.diff !== '' ? { diff: edit.diff } : {}),
      language: detectLanguage(edit.path),
      additions: edit.additions,
      deletions: edit.deletions,
      reason: said?.reason ?? '',
      requirements,
    })
  }
  for (const id of unknown) warnings.push(`The agent referred to requirement "${id}", which the spec does not have`)

  const trees = { before: work.inputTree, after: snapshot.tree }
  const dependencies = await findDependencyChanges(workspace, trees, edits, report?.dependencies ?? [])
  const packageJson = parsePackageJson(await readAtIfPresent(workspace, snapshot.tree, 'package.json'))
  const run = resolveRunCommands(report?.run ?? {}, packageJson)
  return {
    schemaVersion: 1,
    summary: report?.summary ?? (work.text.trim() || 'The agent gave no summary.'),
    edits: artifactEdits,
    dependencies: dependencies.dependencies,
    run: run.run,
    warnings: [...warnings, ...dependencies.warnings, ...run.warnings],
    commit: snapshot.commit,
    tree: snapshot.tree,
  }
}
