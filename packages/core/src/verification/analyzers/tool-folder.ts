import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, cp, mkdir, rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findPackage, findPackageClosure, type InstalledPackage } from './package-closure.ts'

const run = promisify(execFile)
const TOOLS_PACKAGE = '@codex/analyzer-tools'
/** Raise it when the layout of the folder changes. */
const LAYOUT = 1
/** Our own parts of the tools package. */
const OWN_PARTS = ['programs', 'rules']

export interface ToolFolderOptions {
  /** Folder that the sandbox's user can pass through, such as `<dataDir>/toolchain`. */
  readonly stagingDirectory: string
  /** File path or `file:` URL that the tools package is resolved from; default is this module. */
  readonly resolveFrom?: string
}

/** The analyzers' tools where sandboxed commands can reach them. */
export interface ToolFolder {
  /** Absolute path; shown in the sandbox at the same path. */
  readonly path: string
  /** Whether a package is there; optional ones may be missing on a platform. */
  has(packageName: string): boolean
}

/**
 * Copies the tools of the analyzers, with all packages that they need and nothing else, into a folder that the sandbox's
 * user can read: `<stagingDirectory>/analyzers-<digest>`. What is there already is used as it is.
 *
 * The packages keep the layout of pnpm: each in a folder of its own, with links to what it needs beside it.
 * @throws Error when the tools package is not installed or the folder cannot be written
 */
export async function prepareToolFolder(options: ToolFolderOptions): Promise<ToolFolder> {
  const { stagingDirectory, resolveFrom = import.meta.url } = options
  const from = dirname(resolveFrom.startsWith('file:') ? fileURLToPath(resolveFrom) : resolveFrom)
  const source = findPackage(TOOLS_PACKAGE, from)
  if (source === null) throw new Error(`the package ${TOOLS_PACKAGE} is not installed`)
  const packages = [...findPackageClosure(source).values()]
  const target = join(stagingDirectory, `analyzers-${digestOf(source, packages)}`)
  const [tools] = packages
  if (!existsSync(target)) await stage(source, packages, target)
  return { path: target, has: (name) => tools?.needs.has(name) ?? false }
}

async function stage(source: string, packages: readonly InstalledPackage[], target: string): Promise<void> {
  const draft = `${target}.${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    await mkdir(draft, { recursive: true })
    await chmod(dirname(target), 0o755)
    for (const part of ['package.json', ...OWN_PARTS]) {
      await cp(join(source, part), join(draft, part), { recursive: true, dereference: true, filter: isNeeded })
    }
    const placeOf = new Map(packages.map(({ folder, name }, index) => [folder, placeIn(draft, index, name)]))
    for (const { folder, needs } of packages) {
      // what the tools themselves need lies below them; what a package needs lies beside it
      let links = join(draft, 'node_modules')
      const place = placeOf.get(folder)
      if (place !== undefined && folder !== source) {
        await cp(folder, place, { recursive: true, dereference: true, filter: (path) => isPartOf(folder, path) })
        links = modulesAround(place)
      }
      for (const [name, needed] of needs) {
        const link = join(links, name)
        const destination = placeOf.get(needed)
        if (destination === undefined || destination === link || existsSync(link)) continue
        await mkdir(dirname(link), { recursive: true })
        await symlink(relative(dirname(link), destination), link)
      }
    }
    // a package installed under umask 077 is readable by its owner alone
    await run('chmod', ['-R', 'a+rX', draft], { env: { PATH: '/usr/bin:/bin' } })
    await rename(draft, target)
  } catch (error) {
    // another process of ours was faster and its folder is as good
    if (!existsSync(target)) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

function placeIn(draft: string, index: number, name: string): string {
  return join(draft, 'store', String(index), 'node_modules', name)
}

function modulesAround(place: string): string {
  return place.slice(0, place.lastIndexOf('/node_modules/') + '/node_modules'.length)
}

/** Packages nested in a package are places of their own; types and maps are for people. */
function isPartOf(folder: string, path: string): boolean {
  const inside = relative(folder, path)
  if (inside === 'node_modules' || inside.startsWith('node_modules/')) return false
  // the second name of ast-grep's program is a copy of 27 MB
  if (basename(path) === 'sg' && folder.includes('ast-grep')) return false
  return isNeeded(path)
}

function isNeeded(path: string): boolean {
  return !/\.map$|\/rules\/tests(\/|$)/.test(path)
}

function digestOf(source: string, packages: readonly InstalledPackage[]): string {
  const hash = createHash('sha256').update(`${LAYOUT}\n${process.platform}-${process.arch}\n`)
  for (const { name, version, needs } of packages) hash.update(`${name}@${version} ${[...needs.keys()].join()}\n`)
  for (const part of OWN_PARTS) {
    const files = readdirSync(join(source, part), { recursive: true, withFileTypes: true })
    const paths = files.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    for (const path of paths.filter(isNeeded).sort()) {
      hash.update(relative(source, path)).update('\0').update(readFileSync(path)).update('\0')
    }
  }
  return hash.digest('hex').slice(0, 16)
}
