import { createHash } from 'node:crypto'
import { readFile, realpath, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { CommandResult } from '../../sandbox/sandbox.ts'
import type { Toolchain } from '../../sandbox/toolchain.ts'
import type { Workspace } from '../../workspace/workspace.ts'
import type { Reason } from '../judge-test-run.ts'
import { declaresPackage, type Project } from '../project/read-project.ts'
import type { RequiredPackage } from '../runners/test-runner.ts'
import type { RunVerifierCommand } from '../verifier.ts'
import { installCommands } from './install-commands.ts'
import { describeInstallFailure } from './install-failure.ts'
import { digestInstalledTree } from './installed-tree.ts'

export interface InstallRequest {
  readonly workspace: Workspace
  readonly project: Project
  readonly required: readonly RequiredPackage[]
  readonly runCommand: RunVerifierCommand
}

export interface Installation {
  readonly results: readonly CommandResult[]
  /** Null when everything that is needed is there. */
  readonly failure: (Reason & { readonly isEnvironment: boolean }) | null
  /** Names of the required packages that are installed. */
  readonly present: ReadonlySet<string>
}

export type Installer = (request: InstallRequest) => Promise<Installation>

const MANIFESTS = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', '.npmrc']
const MAX_MANIFEST_BYTES = 32 * 1024 * 1024

/**
 * Makes the installer of a service. It remembers, outside of every worktree, what it installed and from which
 * manifests; node_modules that it did not fill itself, or that changed since, are thrown away and filled again, because
 * whoever can write there decides what the tests say.
 */
export function createInstaller(toolchain: Toolchain): Installer {
  const records = new Map<string, { readonly manifests: string; readonly tree: string | null }>()
  const { npm } = toolchain.tools

  return async ({ workspace, project, required, runCommand }) => {
    const { worktree } = workspace
    const results: CommandResult[] = []
    const declares = declaresAnything(project)
    const manifests = await readManifests(workspace, project)
    const record = records.get(worktree)
    const isCurrent =
      record !== undefined &&
      record.manifests === manifests.digest &&
      record.tree === (await digestInstalledTree(worktree))
    const isTracked = project.files.some((path) => path.startsWith('node_modules/'))

    const finish = async (failure: Installation['failure']): Promise<Installation> => {
      if (failure === null)
        records.set(worktree, { manifests: manifests.digest, tree: await digestInstalledTree(worktree) })
      else records.delete(worktree)
      return { results, failure, present: await findPresent(worktree, required) }
    }
    const execute = async (extra: readonly string[], includeDeclared: boolean): Promise<Installation['failure']> => {
      if (npm === undefined) {
        const message =
          'The project needs packages, but the sandbox has no npm; install Node.js with npm on this machine.'
        return { code: 'install_failed', message, isEnvironment: true }
      }
      const commands = installCommands({
        rootFiles: new Set(project.files.filter((path) => !path.includes('/'))),
        declares: includeDeclared && declares,
        extra,
        npm,
        worktree,
        pnpmLockHead: manifests.pnpmLockHead,
      })
      let failure: Installation['failure'] = null
      for (const command of commands) {
        const result = await runCommand('install', command, 'registry')
        results.push(result)
        failure = describeInstallFailure(result)
        if (failure === null || failure.isEnvironment) break
      }
      return failure
    }

    if (!isCurrent && !isTracked) await rm(join(worktree, 'node_modules'), { recursive: true, force: true })
    const undeclared = required.filter(({ name }) => !declaresPackage(project.manifest, name))
    const isKnownVersion = ({ sameVersionAs }: RequiredPackage) =>
      sameVersionAs === undefined || undeclared.some(({ name }) => name === sameVersionAs)
    if (!isCurrent || !(await hasAll(worktree, required))) {
      const extra = undeclared.filter((item) => isKnownVersion(item)).map(({ name, range }) => `${name}@${range}`)
      const hasLock = MANIFESTS.slice(1, 5).some((name) => project.files.includes(name))
      // With a lockfile the declared packages come first and exactly; what the runner lacks is added to them.
      const first = await execute(hasLock && declares ? [] : extra, true)
      if (first !== null) return await finish(first)
    }
    const present = await findPresent(worktree, required)
    const missing = required.filter(({ name }) => !present.has(name))
    for (const isOptional of [false, true]) {
      const wanted = missing.filter(({ optional = false }) => optional === isOptional)
      if (wanted.length === 0) continue
      const extra = await Promise.all(wanted.map((item) => packageToAdd(item, worktree)))
      const failure = await execute(extra, false)
      if (failure !== null && !isOptional) return await finish(failure)
    }
    const now = await findPresent(worktree, required)
    const lacking = required.filter(({ name, optional }) => optional !== true && !now.has(name))
    if (lacking.length === 0) return await finish(null)
    const message = `The installation did not bring ${lacking.map(({ name }) => name).join(', ')}.`
    return await finish({ code: 'install_failed', message, isEnvironment: false })
  }
}

function declaresAnything({ manifest }: Project): boolean {
  if (manifest === null) return false
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest
  return [dependencies, devDependencies, optionalDependencies, peerDependencies].some(
    (list) => Object.keys(list).length > 0,
  )
}

async function readManifests(workspace: Workspace, project: Project) {
  const hash = createHash('sha256')
  let pnpmLockHead = ''
  for (const name of MANIFESTS) {
    if (!project.files.includes(name)) continue
    const text = await workspace.readFile(name, { maxBytes: MAX_MANIFEST_BYTES })
    hash.update(`${name}\0${text.length}\0${text}`)
    if (name === 'pnpm-lock.yaml') pnpmLockHead = text.slice(0, 200)
  }
  return { digest: hash.digest('hex'), pnpmLockHead }
}

async function hasAll(worktree: string, required: readonly RequiredPackage[]): Promise<boolean> {
  return (await findPresent(worktree, required)).size === required.length
}

async function findPresent(worktree: string, required: readonly RequiredPackage[]): Promise<ReadonlySet<string>> {
  const present = new Set<string>()
  for (const { name } of required) {
    if ((await installedVersion(worktree, name)) !== null) present.add(name)
  }
  return present
}

async function packageToAdd({ name, range, sameVersionAs }: RequiredPackage, worktree: string): Promise<string> {
  const version = sameVersionAs === undefined ? null : await installedVersion(worktree, sameVersionAs)
  return `${name}@${version ?? range}`
}

/** Version of an installed package; null when it is not there, or a link leads out of node_modules. */
async function installedVersion(worktree: string, name: string): Promise<string | null> {
  try {
    const manifest = await realpath(join(worktree, 'node_modules', name, 'package.json'))
    if (!manifest.startsWith(`${await realpath(worktree)}${sep}node_modules${sep}`)) return null
    const [, version = null] = /"version"\s*:\s*"(\d+\.\d+\.\d+[\w.+-]*)"/.exec(await readFile(manifest, 'utf8')) ?? []
    return version
  } catch {
    return null // not installed
  }
}
