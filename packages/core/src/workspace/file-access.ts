import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { CodexError } from '@codex/protocol'
import { readBack } from '../sandbox/read-back.ts'
import { diskFull, isDiskFull } from './disk-trouble.ts'
import { splitWorktreePath } from './worktree-path.ts'

/** The user that sandboxed commands run as. */
export interface SandboxOwner {
  readonly uid: number
  readonly gid: number
}

const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/**
 * Reads a text file of a worktree that others have written.
 *
 * @param path relative to the worktree
 * @throws CodexError WORKSPACE_ERROR when it is missing, not a regular file with a single name, reached over a symbolic
 *   link, larger than `maxBytes`, or not UTF-8
 */
export async function readWorktreeFile(worktree: string, path: string, maxBytes: number): Promise<string> {
  const bytes = await readBack(worktree, splitWorktreePath(path).join('/'), { maxBytes })
  if (bytes === null) throw fileFailure(path, 'it does not exist')
  return decodeText(bytes, path)
}

/**
 * Writes a text file and the folders on the way to it, all owned by `owner`. The file is replaced as a whole; an
 * existing one keeps its mode.
 *
 * @throws CodexError WORKSPACE_ERROR when something else than a regular file has the name, or the path is refused
 */
export async function writeWorktreeFile(
  worktree: string,
  path: string,
  content: string,
  owner: SandboxOwner | null,
): Promise<void> {
  await inFolderOf(worktree, path, { owner }, async (folder, name) => {
    const existing = await lstat(join(folder, name)).catch(ignoreMissing)
    if (existing && !existing.isFile()) throw fileFailure(path, 'it is not a regular file')
    const draft = join(folder, `.${name.slice(0, 200)}.${randomBytes(6).toString('hex')}`)
    const file = await open(draft, CREATE_FLAGS, 0o644)
    try {
      await file.writeFile(content)
      if (existing) await file.chmod(existing.mode & 0o777)
      if (owner) await file.chown(owner.uid, owner.gid)
      await file.close()
      await rename(draft, join(folder, name))
    } catch (error) {
      await file.close().catch(() => undefined) // already closed; the first error is the one that tells
      await unlink(draft).catch(ignoreMissing)
      throw error
    }
  })
}

/** @throws CodexError WORKSPACE_ERROR when it is missing or a folder; of a symbolic link the link itself is deleted */
export async function deleteWorktreeFile(worktree: string, path: string): Promise<void> {
  await inFolderOf(worktree, path, null, async (folder, name) => {
    if ((await lstat(join(folder, name))).isDirectory()) throw fileFailure(path, 'it is a folder')
    await unlink(join(folder, name))
  })
}

/** @throws CodexError WORKSPACE_ERROR when the bytes are not UTF-8 */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw fileFailure(path, 'it is not UTF-8 text', cause)
  }
}

/**
 * Calls `use` with the folder that holds the path's last part. The folders are opened one by one without following
 * links and each is reached through the open one before, so that a folder that is swapped for a link meanwhile is not
 * followed either. Systems without /proc check each part but have that gap.
 */
async function inFolderOf<Result>(
  worktree: string,
  path: string,
  create: { readonly owner: SandboxOwner | null } | null,
  use: (folder: string, name: string) => Promise<Result>,
): Promise<Result> {
  const parts = [...splitWorktreePath(path)]
  const name = parts.pop() ?? ''
  let handle: FileHandle | null = null
  let folder = worktree
  try {
    handle = await open(worktree, DIRECTORY_FLAGS)
    folder = referTo(handle, worktree)
    for (const part of parts) {
      const next: FileHandle = await openFolder(join(folder, part), create)
      const path = join(folder, part)
      await handle.close()
      handle = next
      folder = referTo(next, path)
    }
    return await use(folder, name)
  } catch (error) {
    if (CodexError.isInstance(error)) throw error
    if (isDiskFull(error)) throw diskFull(worktree, error)
    throw fileFailure(path, describe(error), error)
  } finally {
    await handle?.close()
  }
}

function referTo(handle: FileHandle, path: string): string {
  return process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : path
}

async function openFolder(path: string, create: { readonly owner: SandboxOwner | null } | null): Promise<FileHandle> {
  try {
    return await open(path, DIRECTORY_FLAGS)
  } catch (error) {
    if (!create || codeOf(error) !== 'ENOENT') throw error
  }
  await mkdir(path, 0o755)
  const folder = await open(path, DIRECTORY_FLAGS)
  if (create.owner) await folder.chown(create.owner.uid, create.owner.gid)
  return folder
}

function describe(error: unknown): string {
  const reasons: Record<string, string> = {
    ENOENT: 'it does not exist',
    ELOOP: 'a symbolic link is on its path',
    // what Linux says of O_DIRECTORY | O_NOFOLLOW on a link
    ENOTDIR: 'a symbolic link or a file is on its path where a folder should be',
  }
  return reasons[codeOf(error)] ?? (error instanceof Error ? error.message : String(error))
}

/** What is told when a file cannot be read or written. */
export function fileFailure(path: string, reason: string, cause?: unknown): CodexError {
  return new CodexError('WORKSPACE_ERROR', `The file ${JSON.stringify(path)} cannot be used: ${reason}.`, {
    retryable: false,
    ...(cause === undefined ? {} : { cause }),
  })
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code)
}

function ignoreMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}
