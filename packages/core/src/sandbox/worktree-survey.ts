import { closeSync, constants, lchownSync, lstatSync, openSync, readdirSync, type Stats } from 'node:fs'

/** What a worktree holds. */
export interface WorktreeSurvey {
  /** Blocks in use; a sparse file counts what it really takes. */
  readonly bytes: number
  readonly inodes: number
  /** Size of the largest file that was changed since `changedSinceMs`. */
  readonly largestChangedFileBytes: number
  /** False when a folder could not be looked into: closed to us, or nested too deep. */
  readonly isComplete: boolean
}

export interface SurveyOptions {
  /** Gives every entry to this user and group (needs root on Linux). Links are not followed. */
  readonly owner?: number
  /** Milliseconds since the epoch; only files changed later count for `largestChangedFileBytes`. */
  readonly changedSinceMs?: number
  /** The walk ends early once it has counted more than this; the figures are then too low. */
  readonly enough?: { readonly bytes: number; readonly inodes: number }
}

const SLICE_MS = 8
/** Every level costs an open descriptor; no honest tree comes near. */
const MAX_DEPTH = 256

/**
 * Walks a worktree. Every folder is opened without following links and, on Linux, read through its descriptor, so that
 * a command which swaps a folder for a link meanwhile cannot lead the walk (and its chown) out of the worktree.
 * The walk pauses every 8 ms to leave the event loop to others.
 */
export async function surveyWorktree(worktree: string, options: SurveyOptions = {}): Promise<WorktreeSurvey> {
  const { owner, changedSinceMs = Number.POSITIVE_INFINITY, enough } = options
  const survey = { bytes: 0, inodes: 0, largestChangedFileBytes: 0, isComplete: true }
  const stack: OpenFolder[] = []
  const enter = (path: string) => {
    if (stack.length >= MAX_DEPTH || !openFolder(path, stack)) survey.isComplete = false
  }
  const count = (path: string, stats: Stats) => {
    survey.inodes += 1
    survey.bytes += stats.blocks * 512
    if (stats.isFile() && stats.ctimeMs >= changedSinceMs && stats.size > survey.largestChangedFileBytes) {
      survey.largestChangedFileBytes = stats.size
    }
    if (owner !== undefined && (stats.uid !== owner || stats.gid !== owner)) takeOver(path, owner)
    if (stats.isDirectory()) enter(path)
  }

  let sliceEnd = performance.now() + SLICE_MS
  try {
    enter(worktree)
    if (owner !== undefined) for (const root of stack) takeOver(`${root.path}/.`, owner)
    for (let folder = stack.at(-1); folder !== undefined; folder = stack.at(-1)) {
      const name = folder.names.pop()
      if (name === undefined) {
        closeSync(folder.descriptor)
        stack.pop()
      } else {
        const path = `${folder.path}/${name}`
        const stats = look(path)
        if (stats === null) survey.isComplete = false
        else if (stats !== undefined) count(path, stats)
      }
      if (enough !== undefined && (survey.inodes > enough.inodes || survey.bytes > enough.bytes)) break
      if (performance.now() > sliceEnd) {
        await new Promise((resolve) => setImmediate(resolve))
        sliceEnd = performance.now() + SLICE_MS
      }
    }
  } finally {
    for (const folder of stack) closeSync(folder.descriptor)
  }
  return survey
}

interface OpenFolder {
  readonly descriptor: number
  /** Leads to the opened folder whatever its name leads to by now (Linux). */
  readonly path: string
  readonly names: string[]
}

/** Pushes the opened folder; one that is gone or was swapped for something else is passed over. False when closed. */
function openFolder(path: string, stack: OpenFolder[]): boolean {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
    const inside = process.platform === 'linux' ? `/proc/self/fd/${descriptor}` : path
    try {
      stack.push({ descriptor, path: inside, names: readdirSync(inside) })
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
    return true
  } catch (error) {
    if (errorCode(error) === 'EACCES') return false
    if (isGone(error)) return true
    throw error
  }
}

/** Undefined when gone, null when closed to us. */
function look(path: string): Stats | null | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if (errorCode(error) === 'EACCES') return null
    throw error
  }
}

function takeOver(path: string, owner: number): void {
  try {
    lchownSync(path, owner, owner)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

function isGone(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP'
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
