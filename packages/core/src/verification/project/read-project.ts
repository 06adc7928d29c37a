import { z } from 'zod'
import type { Workspace } from '../../workspace/workspace.ts'

const dependencyMap = z.record(z.string(), z.string()).catch({})
const packageManifest = z.object({
  type: z.string().optional().catch(undefined),
  scripts: dependencyMap.default({}),
  dependencies: dependencyMap.default({}),
  devDependencies: dependencyMap.default({}),
  optionalDependencies: dependencyMap.default({}),
  peerDependencies: dependencyMap.default({}),
  workspaces: z.unknown().optional(),
  overrides: z.unknown().optional(),
  resolutions: z.unknown().optional(),
  jest: z.unknown().optional(),
})

/** The parts of package.json that the verifier looks at. */
export type PackageManifest = z.infer<typeof packageManifest>

/** What can be known of a project without executing any of it. */
export interface Project {
  /** Tracked and untracked files relative to the worktree, without ignored ones. */
  readonly files: readonly string[]
  /** Null when there is none or it is not a JSON object. */
  readonly manifest: PackageManifest | null
  /** Contents of the files that look like tests by their names. */
  readonly testSources: ReadonlyMap<string, string>
}

const LOOKS_LIKE_TEST =
  /(^|\/)(__tests__|tests?|specs?)\/.*\.([cm]?[jt]sx?|py|rs)$|[._-](test|spec)\.[cm]?[jt]sx?$|(^|\/)test(-[^/]*)?\.[cm]?[jt]s$|(^|\/)test_[^/]*\.py$|_test\.(py|go|[cm]?[jt]s)$/

const MAX_TEST_SOURCES = 2_000

/** Whether a file is a test (or belongs to the tests) going by its path alone. */
export function looksLikeTest(path: string): boolean {
  return LOOKS_LIKE_TEST.test(path) && !/(^|\/)node_modules\//.test(path)
}

/** Reads what the runners need to find out whether a project is theirs. */
export async function readProject(workspace: Workspace): Promise<Project> {
  const files = await workspace.listFiles()
  const testSources = new Map<string, string>()
  for (const path of files.filter(looksLikeTest).slice(0, MAX_TEST_SOURCES)) {
    testSources.set(path, await readTextOrEmpty(workspace, path))
  }
  return { files, manifest: await readManifest(workspace, files), testSources }
}

/** Whether a manifest declares a package in any of its dependency lists. */
export function declaresPackage(manifest: PackageManifest | null, name: string): boolean {
  if (manifest === null) return false
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest
  return [dependencies, devDependencies, optionalDependencies, peerDependencies].some((list) => name in list)
}

async function readManifest(workspace: Workspace, files: readonly string[]): Promise<PackageManifest | null> {
  if (!files.includes('package.json')) return null
  try {
    return packageManifest.parse(JSON.parse(await workspace.readFile('package.json')))
  } catch {
    // The package manager says what is wrong with it, better than we could.
    return null
  }
}

async function readTextOrEmpty(workspace: Workspace, path: string): Promise<string> {
  try {
    return await workspace.readFile(path)
  } catch {
    // A link or an oversized file gives no hint about the framework; it is still executed with the others.
    return ''
  }
}
