import { randomBytes } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { DEFAULT_EXCLUDES } from './default-excludes.ts'
import { onDisk } from './disk-trouble.ts'
import { HARDENED_ATTRIBUTES } from './hardening.ts'
import { type GitObject, hashObject, type ObjectFormat } from './objects/git-object.ts'

const CONFIG: Readonly<Record<ObjectFormat, string>> = {
  sha1: '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n',
  sha256:
    '[core]\n\trepositoryformatversion = 1\n\tfilemode = true\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n',
}

/** Makes a bare git directory: what `git init` would make, without hooks, and without a process. */
export async function initializeGitDirectory(gitDir: string, format: ObjectFormat): Promise<void> {
  await onDisk(gitDir, async () => {
    await mkdir(gitDir, { recursive: true, mode: 0o700 })
    for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info']) {
      await mkdir(join(gitDir, folder), { recursive: true })
    }
    await writeFile(join(gitDir, 'config'), CONFIG[format])
    await writeFile(join(gitDir, 'info', 'attributes'), HARDENED_ATTRIBUTES)
    await writeFile(join(gitDir, 'info', 'exclude'), `${DEFAULT_EXCLUDES.join('\n')}\n`)
    await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n')
  })
}

/** Writes an object as a file of its own. @returns its name */
export async function writeLooseObject(gitDir: string, object: GitObject, format: ObjectFormat): Promise<string> {
  const hash = hashObject(object, format)
  const { type, content } = object
  const bytes = deflateSync(Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]))
  await replaceFile(join(gitDir, 'objects', hash.slice(0, 2), hash.slice(2)), bytes, gitDir)
  return hash
}

/** Points a ref at a commit. Only one process at a time may write in a run's git directory. */
export async function writeRef(gitDir: string, ref: string, commit: string): Promise<void> {
  await replaceFile(join(gitDir, ref), `${commit}\n`, gitDir)
}

/** Whoever finds the file finds it whole. */
async function replaceFile(path: string, content: Buffer | string, gitDir: string): Promise<void> {
  await onDisk(gitDir, async () => {
    await mkdir(dirname(path), { recursive: true })
    const draft = join(dirname(path), `.draft-${randomBytes(6).toString('hex')}`)
    await writeFile(draft, content)
    await rename(draft, path)
  })
}
