import { createHash } from 'node:crypto'
import type { Workspace } from '../../workspace/workspace.ts'
import type { Project } from '../project/read-project.ts'

const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock']
const MAX_BYTES = 32 * 1024 * 1024

export interface Manifests {
  /** Of everything that decides what gets installed. */
  readonly digest: string
  /** Beginning of pnpm-lock.yaml; empty when there is none. */
  readonly pnpmLockHead: string
}

export async function readManifests(workspace: Workspace, project: Project): Promise<Manifests> {
  const hash = createHash('sha256')
  let pnpmLockHead = ''
  for (const name of ['package.json', '.npmrc', ...LOCKFILES]) {
    if (!project.files.includes(name)) continue
    const text = await workspace.readFile(name, { maxBytes: MAX_BYTES })
    hash.update(`${name}\0${text.length}\0${text}`)
    if (name === 'pnpm-lock.yaml') pnpmLockHead = text.slice(0, 200)
  }
  return { digest: hash.digest('hex'), pnpmLockHead }
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
