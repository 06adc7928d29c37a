import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Workspace } from '../../workspace/workspace.ts'
import type { Project } from '../project/read-project.ts'

const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock']
const INSTALL_FIELDS = new Set([
  ...['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta'],
  ...['bundleDependencies', 'bundledDependencies', 'overrides', 'resolutions', 'workspaces', 'packageManager', 'pnpm'],
])
const MAX_BYTES = 32 * 1024 * 1024

export interface Manifests {
  /** Of everything that decides what gets installed. */
  readonly digest: string
  /** Whether the fields of package.json that package managers look at hold anything. */
  readonly decides: boolean
  /** Whether files of the project itself are installed as packages. */
  readonly hasLocalPackages: boolean
  /** Beginning of pnpm-lock.yaml; empty when there is none. */
  readonly pnpmLockHead: string
}

export async function readManifests(workspace: Workspace, project: Project): Promise<Manifests> {
  const hash = createHash('sha256')
  let pnpmLockHead = ''
  let hasLocalPackages = false
  let decides = false
  for (const name of ['package.json', '.npmrc', ...LOCKFILES]) {
    if (!project.files.includes(name)) continue
    const whole = await workspace.readFile(name, { maxBytes: MAX_BYTES })
    const text = name === 'package.json' ? pickDependencies(whole) : whole
    if (/"(file|link|portal|workspace):|"workspaces"/.test(text)) hasLocalPackages = true
    if (name === 'package.json' && text !== '[]') decides = true
    hash.update(`${name}\0${text.length}\0${text}`)
    if (name === 'pnpm-lock.yaml') pnpmLockHead = text.slice(0, 200)
  }
  return { digest: hash.digest('hex'), decides, hasLocalPackages, pnpmLockHead }
}

/** The fields of package.json that package managers look at; name and scripts make no other installation. */
function pickDependencies(text: string): string {
  try {
    const entries = Object.entries(z.record(z.string(), z.unknown()).parse(JSON.parse(text)))
    return JSON.stringify(entries.filter(([name, value]) => INSTALL_FIELDS.has(name) && !isEmpty(value)).sort())
  } catch {
    return text // the package manager says what is wrong with it
  }
}

/** An empty list says as much as none. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

export function hasLockfile({ files }: Project): boolean {
  return LOCKFILES.some((name) => files.includes(name))
}

export function declaresAnything({ manifest }: Project): boolean {
  if (manifest === null) return false
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest
  const lists = [dependencies, devDependencies, optionalDependencies, peerDependencies]
  return lists.some((list) => Object.keys(list).length > 0)
}
