import { readBack } from '../../sandbox/read-back.ts'
import type { RequiredPackage } from '../runners/test-runner.ts'

/** Those packages that stand in node_modules, by name, with their versions. */
export async function findInstalled(
  worktree: string,
  packages: readonly RequiredPackage[],
): Promise<ReadonlyMap<string, string>> {
  const installed = new Map<string, string>()
  for (const { name } of packages) {
    const version = await installedVersion(worktree, name)
    if (version !== null) installed.set(name, version)
  }
  return installed
}

/** What to ask the package manager for, such as `jest@^30`. */
export async function packageToAdd(worktree: string, { name, range, sameVersionAs }: RequiredPackage): Promise<string> {
  const version = sameVersionAs === undefined ? null : await installedVersion(worktree, sameVersionAs)
  return `${name}@${version ?? range}`
}

/** Version of an installed package; null when it is not there. */
async function installedVersion(worktree: string, name: string): Promise<string | null> {
  const text = await readBack(worktree, `node_modules/${name}/package.json`).catch(() => null)
  const [, version = null] = /"version"\s*:\s*"(\d+\.\d+\.\d+[\w.+-]*)"/.exec(text?.toString('utf8') ?? '') ?? []
  return version
}
