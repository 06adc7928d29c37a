import { CodexError } from '@codex/protocol'
import { isFileError } from '../overload/is-file-error.ts'

const FULL_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])
const FULL_WORDS = /No space left on device|Disk quota exceeded/i

/** Whether an error, or what a program wrote about one, says that a disk is full. */
export function isDiskFull(error: unknown): boolean {
  if (typeof error === 'string') return FULL_WORDS.test(error)
  return FULL_CODES.has((error as { code?: unknown } | null)?.code)
}

/** What is told when a disk is full: it is no fault of the run, and a person has to do something. */
export function diskFull(folder: string, cause?: unknown): CodexError {
  return new CodexError(
    'WORKSPACE_ERROR',
    `The disk that holds ${folder} is full. Free some space there, or set CODEX_DATA_DIR to a folder on a larger disk, and retry the run.`,
    { retryable: true, data: { diskFull: true, folder }, ...(cause === undefined ? {} : { cause }) },
  )
}

/** What is told when the system refuses something in a folder of the service's own. */
export function folderUnusable(folder: string, cause: Error): CodexError {
  const { code } = cause as NodeJS.ErrnoException
  const remedy = REMEDIES[code ?? ''] ?? 'Look what is wrong there, or set CODEX_DATA_DIR to another folder'
  return new CodexError(
    'WORKSPACE_ERROR',
    `The folder ${folder} cannot be used: ${cause.message}. ${remedy}, and retry the run.`,
    { cause, retryable: true, data: { diskFull: false, folder } },
  )
}

const RIGHTS = 'Give the user that runs the server the right to read and write there'
const BROKEN =
  "Look into the system's log whether the disk is broken, or set CODEX_DATA_DIR to a folder on another disk"
const IN_THE_WAY = 'Move away the file that stands where a folder should be'
const TOO_MANY = 'Raise the number of files that the server may open (ulimit -n)'
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: RIGHTS,
  EPERM: RIGHTS,
  EIO: BROKEN,
  EROFS: BROKEN,
  ENOTDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
  EMFILE: TOO_MANY,
  ENFILE: TOO_MANY,
}

/** Whether it is {@link diskFull}: it gets better by itself once there is room. */
export function isDiskFullError(error: unknown): boolean {
  return CodexError.isInstance(error) && (error.data as { diskFull?: unknown } | undefined)?.diskFull === true
}

/** Whether it is {@link diskFull} or {@link folderUnusable}: nothing that a model could do something about. */
export function isFolderError(error: unknown): boolean {
  return (
    CodexError.isInstance(error) && typeof (error.data as { diskFull?: unknown } | undefined)?.diskFull === 'boolean'
  )
}

/**
 * Does something in a folder of the service's own. What it refuses by itself, and what the network does, passes.
 * @throws CodexError WORKSPACE_ERROR, naming the folder and what to do, when the disk is full or the system refuses
 */
export async function onDisk<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (isDiskFull(error)) throw diskFull(folder, error)
    throw isFileError(error) ? folderUnusable(folder, error) : error
  }
}
