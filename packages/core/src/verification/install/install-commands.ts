import type { SandboxCommand } from '../../sandbox/sandbox.ts'

/** Scripts of packages never run; nothing but packages is asked of the registry. */
const FLAGS = ['--ignore-scripts', '--no-audit', '--no-fund'] as const

/**
 * Settings that an .npmrc of the project could use to have its own code executed by the package manager. They cannot be
 * emptied from outside, only replaced.
 */
const SAFE_SETTINGS = {
  npm_config_node_options: '--no-warnings',
  npm_config_script_shell: '/bin/sh',
  npm_config_git: 'git',
} as const

/** What an installation is made of. */
export interface InstallationFacts {
  /** Names of files in the worktree's root. */
  readonly rootFiles: ReadonlySet<string>
  /** Whether package.json declares any dependency. */
  readonly declares: boolean
  /** Packages to add without declaring them, as `name@range`. */
  readonly extra: readonly string[]
  readonly npm: string
  readonly worktree: string
  /** First line of pnpm-lock.yaml, which tells the version that wrote it. */
  readonly pnpmLockHead: string
}

/** Ways to install, best first; the next one is tried when one fails for another reason than the network. */
export function installCommands(facts: InstallationFacts): readonly SandboxCommand[] {
  const { rootFiles, extra, npm } = facts
  // --prefix: npm looks for a package.json further up when the worktree has none.
  const prefix = `--prefix=${facts.worktree}`
  const install = (...args: string[]): SandboxCommand => ({
    argv: [npm, 'install', prefix, '--no-save', ...FLAGS, ...args, ...extra],
    env: SAFE_SETTINGS,
  })
  const fresh = install('--no-package-lock')
  if (!facts.declares) return extra.length === 0 ? [] : [fresh]
  if (rootFiles.has('package-lock.json') || rootFiles.has('npm-shrinkwrap.json')) {
    // npm ci refuses a lockfile that lags behind package.json; npm install --no-save then takes over what is locked.
    return extra.length === 0 ? [{ argv: [npm, 'ci', prefix, ...FLAGS], env: SAFE_SETTINGS }, install()] : [install()]
  }
  // npm reads the lockfile of yarn 1 itself; its addresses name yarn's own mirror, which a company registry replaces.
  if (rootFiles.has('yarn.lock') && !rootFiles.has('.yarnrc.yml')) {
    return [install('--replace-registry-host=registry.yarnpkg.com'), fresh]
  }
  if (extra.length === 0 && rootFiles.has('pnpm-lock.yaml')) return [runPnpm(npm, facts.pnpmLockHead), fresh]
  return [fresh]
}

function runPnpm(npm: string, lockHead: string): SandboxCommand {
  const format = Number.parseFloat(/lockfileVersion:\s*'?([\d.]+)/.exec(lockHead)?.[1] ?? '9')
  const version = format >= 9 ? '10' : format >= 6 ? '8' : '7'
  return {
    argv: [
      npm,
      ...['exec', '--yes', `--package=pnpm@${version}`, '--', 'pnpm', 'install', '--frozen-lockfile'],
      ...['--ignore-scripts', '--ignore-pnpmfile', '--store-dir=/tmp/pnpm-store', '--package-import-method=copy'],
    ],
    // Hoisted: plain folders instead of links, to which npm can add what a runner lacks.
    env: { ...SAFE_SETTINGS, npm_config_manage_package_manager_versions: 'false', npm_config_node_linker: 'hoisted' },
  }
}
