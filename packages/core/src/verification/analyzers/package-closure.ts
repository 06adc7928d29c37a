import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
})

/** An installed package and where what it needs was found. */
export interface InstalledPackage {
  readonly name: string
  readonly version: string
  /** Real path of its folder. */
  readonly folder: string
  /** Name of what it needs -> real path of that package's folder. What is not installed is left out. */
  readonly needs: ReadonlyMap<string, string>
}

/**
 * A package and everything that it needs, found as Node finds it: in `node_modules` of its folder or one above. Works
 * over the layouts of npm and pnpm alike.
 * @param folder of the first package
 * @returns packages by the real path of their folder, the first one first
 */
export function findPackageClosure(folder: string): ReadonlyMap<string, InstalledPackage> {
  const found = new Map<string, InstalledPackage>()
  const open = [realpathSync(folder)]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue
    const installed = readPackage(next)
    found.set(next, installed)
    open.push(...installed.needs.values())
  }
  return found
}

function readPackage(folder: string): InstalledPackage {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  const { dependencies, optionalDependencies, peerDependencies } = manifest
  const needs = new Map<string, string>()
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).sort()) {
    const place = findPackage(name, folder)
    if (place !== null) needs.set(name, place)
  }
  return { name: manifest.name, version: manifest.version, folder, needs }
}

/**
 * The real path of a package as Node finds it, but only by folders: NODE_PATH is not asked.
 * @param from absolute path of the folder to begin in
 */
export function findPackage(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
    if (folder === dirname(folder)) return null
  }
}
