import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { folderUnusable } from './disk-trouble.ts'
import type { SandboxOwner } from './file-access.ts'

const run = promisify(execFile)
const SYSTEM_PATH = { PATH: '/usr/bin:/bin' }

/**
 * Gives a folder and everything in it to a user. Symbolic links are given themselves and never followed. What the user
 * has already is left alone: a change of owner makes git read the file again.
 *
 * @throws CodexError WORKSPACE_ERROR when the system refuses, as some shared disks do
 */
export async function changeOwner(folder: string, { uid, gid }: SandboxOwner): Promise<void> {
  const foreign = ['(', '!', '-user', String(uid), '-o', '!', '-group', String(gid), ')']
  await runIn(folder, 'find', [folder, ...foreign, '-exec', 'chown', '-h', `${uid}:${gid}`, '{}', '+'])
}

/** Lets the owner read, write and enter everything in a folder, whatever modes a command has left. @throws as {@link changeOwner} */
export async function openUp(folder: string): Promise<void> {
  await runIn(folder, 'chmod', ['-R', 'u+rwX', folder])
}

async function runIn(folder: string, program: string, args: readonly string[]): Promise<void> {
  await run(program, args, { env: SYSTEM_PATH }).catch((error: Error & { readonly stderr?: string }) => {
    const said = error.stderr?.trim().split('\n')[0] || error.message
    throw folderUnusable(folder, new Error(said, { cause: error }))
  })
}
