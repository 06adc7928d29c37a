import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CodexError } from '@codex/protocol'
import type { CommandResult } from '../../sandbox/sandbox.ts'
import type { Toolchain } from '../../sandbox/toolchain.ts'
import type { Workspace } from '../../workspace/workspace.ts'
import { declaresPackage, type Project } from '../project/read-project.ts'
import type { RequiredPackage } from '../runners/test-runner.ts'
import type { RunVerifierCommand } from '../verifier.ts'
import { installCommands } from './install-commands.ts'
import { describeInstallFailure, type InstallFailure } from './install-failure.ts'
import { createInstallRecords } from './install-records.ts'
import type { InstalledArchive, InstalledCache } from './installed-cache.ts'
import { findInstalled, packageToAdd } from './installed-packages.ts'
import { removeToolCaches } from './installed-tree.ts'
import { declaresAnything, hasLockfile, type Manifests, readManifests } from './manifests.ts'

export interface InstallRequest {
  readonly workspace: Workspace
  readonly project: Project
  readonly required: readonly RequiredPackage[]
  readonly runCommand: RunVerifierCommand
}

export interface Installation {
  readonly results: readonly CommandResult[]
  /** Null when everything that is needed is there. */
  readonly failure: InstallFailure | null
  /** The required packages that are installed, by name, with their versions. */
  readonly present: ReadonlyMap<string, string>
  /** Where the packages came from when no command brought them; null when a command did or they were there already. */
  readonly restoredFrom: InstalledArchive | null
}

export type Installer = (request: InstallRequest) => Promise<Installation>

export interface InstallerOptions {
  readonly toolchain: Toolchain
  /** `host:port` pairs of the registry. */
  allowedHosts(): Promise<readonly string[]>
  /** Absent: every worktree installs anew. */
  readonly cache?: InstalledCache
}

/**
 * Makes the installer of a service. It remembers, outside of every worktree, what it installed and from which
 * manifests; node_modules that it did not fill itself, or that changed since, are thrown away and filled again, because
 * whoever can write there decides what the tests say.
 */
export function createInstaller({ toolchain, allowedHosts, cache }: InstallerOptions): Installer {
  const records = createInstallRecords()

  return async (request) => {
    const { workspace, project, required } = request
    const { worktree } = workspace
    const manifests = await readManifests(workspace, project)
    const isCurrent = await records.isCurrent(worktree, manifests.digest)
    // Packages in the repository are the project's own business, except where a runner would be taken from them.
    const isTracked = required.length === 0 && project.files.some((path) => path.startsWith('node_modules/'))
    if (isCurrent) await removeToolCaches(worktree)
    else if (!isTracked) await rm(join(worktree, 'node_modules'), { recursive: true, force: true })
    const results: CommandResult[] = []
    const execute = (extra: readonly string[], declares: boolean) =>
      runCommands(request, { extra, declares, pnpmLockHead: manifests.pnpmLockHead }, results)
    const key = cacheKey(isPlain(project, manifests) ? 'plain' : manifests.digest, required)
    const isCacheable = cache !== undefined && !isCurrent && !isTracked && !manifests.hasLocalPackages
    let restoredFrom = isCacheable ? await cache.restore(key, worktree, 'fresh') : null
    let failure = await installAll(request, isCurrent || restoredFrom !== null, execute)
    if (isCacheable && failure?.code === 'registry_unreachable' && restoredFrom === null) {
      await rm(join(worktree, 'node_modules'), { recursive: true, force: true })
      restoredFrom = await cache.restore(key, worktree, 'any')
      if (restoredFrom !== null) failure = await installAll(request, true, execute)
    }
    if (isCacheable && restoredFrom === null && failure === null && results.length > 0) await cache.store(key, worktree)
    if (failure !== null) records.forget(worktree)
    else if (!isCurrent || results.length > 0) await records.remember(worktree, manifests.digest)
    return { results, failure, present: await findInstalled(worktree, required), restoredFrom }
  }

  async function installAll(
    { workspace: { worktree }, project, required }: InstallRequest,
    isInstalled: boolean,
    execute: (extra: readonly string[], declares: boolean) => Promise<InstallFailure | null>,
  ): Promise<InstallFailure | null> {
    const declares = declaresAnything(project)
    if (!isInstalled) {
      // With a lockfile the declared packages come first and exactly; what the runner lacks is added to them.
      const extra = declares && hasLockfile(project) ? [] : undeclaredPackages(project, required)
      const failure = await execute(extra, declares)
      if (failure !== null) return failure
    }
    const present = await findInstalled(worktree, required)
    for (const isOptional of [false, true]) {
      const wanted = required.filter(({ name, optional = false }) => !present.has(name) && optional === isOptional)
      if (wanted.length === 0) continue
      const failure = await execute(await Promise.all(wanted.map((item) => packageToAdd(worktree, item))), false)
      if (failure !== null && !isOptional) return failure
    }
    const installed = await findInstalled(worktree, required)
    const lacking = required.filter(({ name, optional }) => optional !== true && !installed.has(name))
    if (lacking.length === 0) return null
    const message = `The installation did not bring ${lacking.map(({ name }) => name).join(', ')}.`
    return { code: 'install_failed', message, isEnvironment: false }
  }

  /** Tries the ways to install one after the other; what each did goes to `results`. */
  async function runCommands(
    { workspace, project, runCommand }: InstallRequest,
    facts: { readonly extra: readonly string[]; readonly declares: boolean; readonly pnpmLockHead: string },
    results: CommandResult[],
  ): Promise<InstallFailure | null> {
    const rootFiles = new Set(project.files.filter((path) => !path.includes('/')))
    const { npm } = toolchain.tools
    const commands = installCommands({ ...facts, rootFiles, npm: npm ?? 'npm', worktree: workspace.worktree })
    if (commands.length === 0) return null
    if (npm === undefined) {
      const message = 'The project needs packages, but the sandbox has no npm; install npm on this machine.'
      return { code: 'install_failed', message, isEnvironment: true }
    }
    let failure: InstallFailure | null = null
    try {
      for (const command of commands) {
        const result = await runCommand('install', command, 'registry')
        results.push(result)
        failure = describeInstallFailure(result, await allowedHosts())
        if (failure === null || failure.isEnvironment) break
      }
    } catch (error) {
      if (!CodexError.isInstance(error) || error.code !== 'UNAVAILABLE') throw error
      return { code: 'registry_unreachable', message: error.message, isEnvironment: true }
    }
    return failure
  }
}

/** Whether nothing of the project has a say in what gets installed, so that all such projects share one archive. */
function isPlain(project: Project, { decides }: Manifests): boolean {
  return !decides && !hasLockfile(project) && !project.files.includes('.npmrc')
}

function cacheKey(manifests: string, required: readonly RequiredPackage[]): string {
  const platform = [process.platform, process.arch, process.version]
  return createHash('sha256')
    .update(JSON.stringify([manifests, required, platform]))
    .digest('hex')
}

/** What to add to the first installation, as far as the version is known before it. */
function undeclaredPackages(project: Project, required: readonly RequiredPackage[]): readonly string[] {
  const undeclared = required.filter(({ name }) => !declaresPackage(project.manifest, name))
  const names = new Set(undeclared.map(({ name }) => name))
  return undeclared
    .filter(({ sameVersionAs }) => sameVersionAs === undefined || names.has(sameVersionAs))
    .map(({ name, range }) => `${name}@${range}`)
}
