import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { SandboxOwner } from './file-access.ts'

const run = promisify(execFile)
const SYSTEM_PATH = { PATH: '/usr/bin:/bin' }

/**
 * Gives a folder and everything in it to a user. Symbolic links are given themselves and never followed. What the user
 * has already is left alone: a change of owner makes git read the file again.
 */
export async function changeOwner(folder: string, { uid, gid }: SandboxOwner): Promise<void> {
  const foreign = ['(', '!', '-user', String(uid), '-o', '!', '-group', String(gid), ')']
  await run('find', [folder, ...foreign, '-exec', 'chown', '-h', `${uid}:${gid}`, '{}', '+'], { env: SYSTEM_PATH })
}

/** Lets the owner read, write and enter everything in a folder, whatever modes a command has left. */
export async function openUp(folder: string): Promise<void> {
  await run('chmod', ['-R', 'u+rwX', folder], { env: SYSTEM_PATH })
}
