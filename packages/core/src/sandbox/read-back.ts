import { constants } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import { join } from 'node:path'
import { CodexError } from '@codex/protocol'

export interface ReadBackOptions {
  /** A larger file is refused; default 1 MB. */
  readonly maxBytes?: number
}

const DEFAULT_MAX_BYTES = 1024 * 1024

/**
 * Reads a file that untrusted code may have written. No link is followed at any component of the path, nothing but a
 * regular file with a single name is read (so neither a FIFO blocks us nor a hard link brings in another file), and not
 * more than `maxBytes`.
 * @param root the worktree, absolute
 * @param path relative to `root`, with `/`
 * @returns null when there is no such file
 * @throws CodexError WORKSPACE_ERROR naming what is wrong with the file
 */
export async function readBack(root: string, path: string, options: ReadBackOptions = {}): Promise<Buffer | null> {
  const { maxBytes = DEFAULT_MAX_BYTES } = options
  const components = path.split('/')
  if (components.some((name) => name === '' || name === '.' || name === '..' || name.includes('\0'))) {
    throw refuse(path, 'the path must be relative, without empty, "." or ".." parts')
  }
  const handles: FileHandle[] = []
  try {
    let parent = root
    for (const [index, name] of ['', ...components].entries()) {
      const isLast = index === components.length
      const target = name === '' ? parent : join(parent, name)
      const handle = await openComponent(target, path, isLast)
      if (handle === null) return null
      handles.push(handle)
      if (isLast) return await readRegular(handle, path, maxBytes)
      // Through the descriptor, the folder stays the one that was checked (Linux).
      parent = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : target
    }
    return null
  } finally {
    for (const handle of handles) await handle.close()
  }
}

async function openComponent(target: string, path: string, isLast: boolean): Promise<FileHandle | null> {
  const kind = isLast ? constants.O_NONBLOCK : constants.O_DIRECTORY
  try {
    return await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | kind)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return null
    if (code === 'ELOOP' || code === 'EMLINK') throw refuse(path, 'it is or lies behind a symbolic link', error)
    if (code === 'ENOTDIR') {
      const isLink = await lstat(target).then(
        (stats) => stats.isSymbolicLink(),
        () => false,
      )
      if (isLink) throw refuse(path, 'it lies behind a symbolic link', error)
      return null
    }
    if (code === 'ENXIO') throw refuse(path, 'it is not a regular file', error)
    throw refuse(path, error instanceof Error ? error.message : String(error), error)
  }
}

async function readRegular(handle: FileHandle, path: string, maxBytes: number): Promise<Buffer> {
  const stats = await handle.stat()
  if (!stats.isFile()) throw refuse(path, 'it is not a regular file')
  if (stats.nlink !== 1) throw refuse(path, 'it has more than one name (hard link)')
  if (stats.size > maxBytes) throw refuse(path, `it has ${stats.size} bytes, the limit is ${maxBytes}`)
  // One byte more than was said, to notice a file that grows meanwhile.
  const buffer = Buffer.alloc(stats.size + 1)
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  if (length > stats.size) throw refuse(path, 'it grew while it was read')
  return buffer.subarray(0, length)
}

function refuse(path: string, reason: string, cause?: unknown): CodexError {
  return new CodexError('WORKSPACE_ERROR', `${path} cannot be read back: ${reason}`, { cause, retryable: false })
}
