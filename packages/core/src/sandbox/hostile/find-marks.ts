import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandResult } from '../sandbox.ts'
import type { HostileScene } from './hostile-scene.ts'

/** Looks for the marks that every hostile program is watched for; returns the first that it finds. */
export async function findMarks(scene: HostileScene, result: CommandResult): Promise<string | null> {
  const output = result.stdout + result.stderr
  const said = /^LEAK (.*)$/m.exec(result.stdout)?.[1]
  if (said !== undefined) return said
  if (output.includes(scene.secret)) return 'the secret is in the output'
  if (scene.arrivals().length > 0) return `reached the host's ${scene.arrivals().join(', ')} server`
  if (!scene.isBystanderAlive()) return 'killed a process of the host'
  return findTouched(scene) ?? findSurvivor(scene.token) ?? (await findInWorktree(scene))
}

const UNTOUCHED: Readonly<Record<string, readonly string[]>> = {
  '': ['home', 'other-run', 'outside', 'worktree'],
  outside: ['secret.txt', 'service.sock', 'target.txt'],
  home: ['.bashrc', '.ssh'],
  'home/.ssh': ['id_rsa'],
  'other-run': ['secret.txt'],
}

function findTouched(scene: HostileScene): string | null {
  for (const [folder, expected] of Object.entries(UNTOUCHED)) {
    const names = readdirSync(join(scene.folder, folder)).filter((name) => name !== 'abstract.sock')
    if (names.sort().join() !== expected.join()) return `changed what is in ${folder || 'the folder above'}`
  }
  for (const name of ['outside/target.txt', 'home/.bashrc']) {
    if (readFileSync(join(scene.folder, name), 'utf8') !== 'untouched') return `wrote to ${name}`
  }
  if (readFileSync(join(scene.outside, 'secret.txt'), 'utf8') !== scene.secret) return 'wrote to secret.txt'
  // What programs write to their /tmp must stay there.
  return existsSync(join('/tmp', scene.token)) ? "wrote to the host's /tmp" : null
}

function findSurvivor(token: string): string | null {
  if (process.platform !== 'linux') return null
  for (const pid of readdirSync('/proc')) {
    if (/^\d+$/.test(pid) && readQuietly(`/proc/${pid}/environ`).includes(`HOSTILE_TOKEN=${token}`)) {
      return `process ${pid} outlived the command: ${readQuietly(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`
    }
  }
  return null
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // gone, or not ours to read
  }
}

/** By find and grep, which cope with trees that are deeper or fuller than a path-based walk can take. */
async function findInWorktree({ worktree, secret }: HostileScene): Promise<string | null> {
  const setId = await firstLine('find', [
    worktree,
    '-xdev',
    '-type',
    'f',
    '(',
    '-perm',
    '-4000',
    '-o',
    '-perm',
    '-2000',
    ')',
  ])
  if (setId !== '') return 'left a set-id file'
  const device = await firstLine('find', [worktree, '-xdev', '(', '-type', 'b', '-o', '-type', 'c', ')'])
  if (device !== '') return 'made a device file'
  // Sparse and large files hold nothing of ours.
  const small = ['-type', 'f', '-size', '-64k', '-exec', 'grep', '-lF', secret, '{}', '+']
  return (await firstLine('find', [worktree, '-xdev', ...small])) === '' ? null : 'the secret is in the worktree'
}

function firstLine(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(file, [...args], { maxBuffer: 1024 * 1024 }, (_error, stdout) => resolve(stdout.split('\n')[0] ?? ''))
  })
}
