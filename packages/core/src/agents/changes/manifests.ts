import { basename, dirname, join } from 'node:path/posix'

const LOCK_FILES: ReadonlySet<string> = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'poetry.lock',
  'uv.lock',
  'Cargo.lock',
  'go.sum',
])

const MANIFESTS: ReadonlySet<string> = new Set([
  'package.json',
  'pyproject.toml',
  'requirements.txt',
  'setup.cfg',
  'Pipfile',
  'Cargo.toml',
  'go.mod',
  'pom.xml',
  'build.gradle',
  'build.gradle.kts',
  'Gemfile',
  'composer.json',
  'deno.json',
])

/** Whether a path is a lock file that a package manager writes. */
export function isLockFile(path: string): boolean {
  return LOCK_FILES.has(basename(path))
}

/** Whether a path is a file that declares dependencies. */
export function isManifest(path: string): boolean {
  return MANIFESTS.has(basename(path))
}

/** The package.json beside a lock file. */
export function siblingManifest(lockFile: string): string {
  return join(dirname(lockFile), 'package.json')
}
