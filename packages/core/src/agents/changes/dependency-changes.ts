import { basename } from 'node:path/posix'
import type { ChangesArtifact } from '@codex/protocol'
import type { FileEdit, Workspace } from '../../workspace/workspace.ts'
import { readAtIfPresent } from '../evidence/read-if-present.ts'
import type { CodeReport } from './code-report.ts'
import { isManifest } from './manifests.ts'
import { type PackageJson, parsePackageJson } from './package-json.ts'

type Dependency = ChangesArtifact['dependencies'][number]

const SECTIONS = {
  dependencies: 'runtime',
  peerDependencies: 'runtime',
  optionalDependencies: 'runtime',
  devDependencies: 'development',
} as const

/**
 * Finds the dependencies that a step added or changed. package.json files are compared before and after; for other
 * ecosystems a reported dependency is believed when a manifest's new lines name it. The rest of the report is not
 * believed and becomes a warning.
 */
export async function findDependencyChanges(
  workspace: Workspace,
  trees: { readonly before: string; readonly after: string },
  edits: readonly FileEdit[],
  reported: CodeReport['dependencies'],
): Promise<{ readonly dependencies: Dependency[]; readonly warnings: string[] }> {
  const found = new Map<string, Dependency>()
  const reasons = new Map(reported.map((dependency) => [dependency.name, dependency.reason]))
  const add = (dependency: Omit<Dependency, 'reason'>) =>
    found.set(dependency.name, { ...dependency, reason: reasons.get(dependency.name) ?? '' })

  for (const edit of edits) {
    if (basename(edit.path) !== 'package.json' || edit.operation === 'delete') continue
    const before = await readPackageJson(workspace, trees.before, edit.from ?? edit.path)
    const after = await readPackageJson(workspace, trees.after, edit.path)
    if (after !== null) for (const dependency of compareDependencies(before, after)) add(dependency)
  }

  const added = edits.filter((edit) => isManifest(edit.path) && basename(edit.path) !== 'package.json').map(addedLines)
  const warnings: string[] = []
  for (const { name, version, kind } of reported) {
    if (found.has(name)) continue
    if (added.some((lines) => lines.includes(name))) add({ name, version, kind })
    else warnings.push(`The agent reported dependency "${name}", but no manifest adds it`)
  }
  return { dependencies: [...found.values()], warnings }
}

async function readPackageJson(workspace: Workspace, tree: string, path: string): Promise<PackageJson | null> {
  return parsePackageJson(await readAtIfPresent(workspace, tree, path))
}

function compareDependencies(before: PackageJson | null, after: PackageJson): Omit<Dependency, 'reason'>[] {
  const changes: Omit<Dependency, 'reason'>[] = []
  for (const [section, kind] of Object.entries(SECTIONS) as [keyof typeof SECTIONS, Dependency['kind']][]) {
    for (const [name, version] of Object.entries(after[section])) {
      if (before?.[section][name] !== version) changes.push({ name, version, kind })
    }
  }
  return changes
}

function addedLines(edit: FileEdit): string {
  return edit.diff
    .split('\n')
    .filter((line) => line.startsWith('+') && !line.startsWith('+++'))
    .join('\n')
}
