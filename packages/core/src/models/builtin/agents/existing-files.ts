import type { AgentTask } from '../../../task/agent-task.ts'
import { cannotServe } from '../cannot-serve.ts'
import type { ComposedFile } from '../render/composed-project.ts'
import { mergeManifest } from './merge-manifest.ts'

const CODE = /\.[cm]?[jt]sx?$/
const SETTINGS = /\.config\.[cm]?[jt]s$/

/**
 * Refuses to work in a repository whose code is not the composer's own.
 * @param ownPaths every path that the plan can write
 */
export function refuseForeignCode(task: AgentTask, ownPaths: ReadonlySet<string>): void {
  const foreign = task.files.filter((path) => CODE.test(path) && !SETTINGS.test(path) && !ownPaths.has(path))
  if (foreign.length === 0) return
  throw cannotServe(
    `The repository holds code that it did not compose (${foreign.slice(0, 5).join(', ')}${foreign.length > 5 ? ', …' : ''}); it starts projects and does not extend those of others.`,
  )
}

export interface MergedFiles {
  /** Files to be written, merged with what is there. */
  readonly files: readonly ComposedFile[]
  readonly warnings: readonly string[]
}

/**
 * Merges composed files with those that exist: package.json and .gitignore are completed, a README stays, and any
 * other file must have the composed content already.
 * @param existing contents of the files that are there
 * @throws CodexError MODEL_CANNOT_SERVE when a file would have to be overwritten
 */
export function mergeFiles(
  composed: readonly ComposedFile[],
  existing: ReadonlyMap<string, string | null>,
): MergedFiles {
  const files: ComposedFile[] = []
  const warnings: string[] = []
  for (const file of composed) {
    const present = existing.get(file.path)
    if (present === undefined || present === null) files.push(file)
    else if (present.trim() === file.content.trim()) continue
    else if (file.path === 'package.json') files.push({ ...file, content: mergeManifest(present, file.content) })
    else if (file.path === '.gitignore') files.push({ ...file, content: mergeLines(present, file.content) })
    else if (file.path === 'README.md') warnings.push('README.md was there already and stays as it is.')
    else throw cannotServe(`${file.path} is there with other content, and it does not overwrite what it did not write.`)
  }
  return { files: files.filter((file) => existing.get(file.path)?.trim() !== file.content.trim()), warnings }
}

function mergeLines(present: string, wanted: string): string {
  const lines = present.trimEnd().split('\n')
  const missing = wanted
    .trimEnd()
    .split('\n')
    .filter((line) => !lines.includes(line))
  return `${[...lines, ...missing].join('\n')}\n`
}
