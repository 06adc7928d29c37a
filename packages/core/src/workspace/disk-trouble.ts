import { CodexError } from '@codex/protocol'

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

/** Whether it is {@link diskFull}: nothing that a model could do something about. */
export function isDiskFullError(error: unknown): boolean {
  return CodexError.isInstance(error) && (error.data as { diskFull?: unknown } | undefined)?.diskFull === true
}

/** Does something that writes to a disk. @throws CodexError WORKSPACE_ERROR when the disk is full */
export async function onDisk<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw isDiskFull(error) ? diskFull(folder, error) : error
  }
}
