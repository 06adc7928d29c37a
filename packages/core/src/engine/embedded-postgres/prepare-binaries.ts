import { spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { CodexError } from '@codex/protocol'
import type { ServiceAccount } from './service-account.ts'

/** Paths of the programs that the launcher starts. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * Makes the packaged binaries runnable by the account: library links, execute bits and, where the account cannot reach
 * or the service cannot change the package, a private copy (about 60 MB) in the data folder.
 *
 * @param nativeDir `native` folder of the platform package
 * @param dataDir the launcher's data folder; holds the copy
 * @throws CodexError UNAVAILABLE when the binaries do not run on this machine, for example with musl (Alpine)
 */
export function prepareBinaries(nativeDir: string, dataDir: string, account: ServiceAccount): PostgresBinaries {
  if (makeUsable(nativeDir) && probe(nativeDir, account) === null) return binariesIn(nativeDir)

  const copy = join(dataDir, `binaries-${packageVersion(nativeDir)}`)
  if (!existsSync(copy)) copyBinaries(nativeDir, copy)
  const problem = probe(copy, account)
  if (problem === null) return binariesIn(copy)
  rmSync(copy, { recursive: true, force: true })
  throw new CodexError(
    'UNAVAILABLE',
    `The embedded Postgres binaries do not run on this machine (${problem}). ` +
      'They need glibc, so not Alpine. Set DATABASE_URL to a Postgres server instead.',
    { retryable: false },
  )
}

function binariesIn(nativeDir: string): PostgresBinaries {
  return { initdb: join(nativeDir, 'bin', 'initdb'), postgres: join(nativeDir, 'bin', 'postgres') }
}

function packageVersion(nativeDir: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(nativeDir, '..', 'package.json'), 'utf8'))
  // every npm package has a version
  return (manifest as { version: string }).version
}

/** Copies under another name and renames, so that a folder with the final name is always complete. */
function copyBinaries(nativeDir: string, copy: string): void {
  const unfinished = `${copy}.${process.pid}`
  try {
    cpSync(nativeDir, unfinished, { recursive: true, verbatimSymlinks: true })
    makeReadable(unfinished)
    makeUsable(unfinished)
    renameSync(unfinished, copy)
  } catch (error) {
    // ENOTEMPTY, EEXIST: another process of ours was faster and its copy is as good
    if (!existsSync(copy)) throw error
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

/** npm packages carry no symbolic links: pg-symlinks.json lists the library names that must be made. */
function makeUsable(nativeDir: string): boolean {
  try {
    const list = join(nativeDir, 'pg-symlinks.json')
    const links: unknown = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : []
    // the format of the platform package: paths relative to the package, always within one folder
    for (const { source, target } of links as readonly { source: string; target: string }[]) {
      const link = join(nativeDir, target.replace(/^native\//, ''))
      if (!existsSync(link)) symlinkUnlessThere(basename(source), link)
    }
    for (const program of Object.values(binariesIn(nativeDir))) {
      if (!isExecutable(program)) chmodSync(program, 0o755)
    }
    return true
  } catch {
    // a read-only or foreign package folder; the caller copies it
    return false
  }
}

function symlinkUnlessThere(target: string, link: string): void {
  try {
    symlinkSync(target, link)
  } catch (error) {
    // another process of ours hydrates the same package right now
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function isExecutable(program: string): boolean {
  try {
    accessSync(program, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A package installed under umask 077 is readable by its owner alone. */
function makeReadable(folder: string): void {
  const { status, stderr } = spawnSync('chmod', ['-R', 'a+rX', folder], { encoding: 'utf8' })
  if (status !== 0) throw new CodexError('UNAVAILABLE', `Could not open up ${folder}: ${stderr}`)
}

/** Null when Postgres runs as the account, else what went wrong. */
function probe(nativeDir: string, account: ServiceAccount): string | null {
  const result = spawnSync(binariesIn(nativeDir).postgres, ['--version'], {
    ...account,
    cwd: '/',
    env: {},
    encoding: 'utf8',
  })
  if (result.error) return result.error.message
  return result.status === 0 ? null : result.stderr.trim() || `exit code ${result.status}`
}
