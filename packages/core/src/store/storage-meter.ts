import { CodexError } from '@codex/protocol'

/** Left for what tells of a failure, so that a step that did not fit still ends as one that failed. */
const RESERVED_BYTES = 65_536

/** What of a write is large. */
export interface WriteContent {
  readonly run?: { readonly patch?: string }
  readonly calls?: readonly unknown[]
  readonly artifacts?: readonly unknown[]
  readonly packs?: readonly unknown[]
}

/** What was written for one run, against what may be. Counted by the node that executes it, so nobody is asked. */
export interface StorageMeter {
  /** @throws CodexError STORAGE_EXCEEDED when the write would go beyond the limit */
  check(write: WriteContent, bytes: number): void
  /** Counts what was written. */
  add(bytes: number): void
}

/**
 * @param storedBytes what was written before this execution
 * @param maxBytes what may be written in all
 */
export function createStorageMeter(storedBytes: number, maxBytes: number): StorageMeter {
  let used = storedBytes
  return {
    check(write, bytes) {
      const room = maxBytes - used - (hasContent(write) ? RESERVED_BYTES : 0)
      if (bytes <= room) return
      throw new CodexError(
        'STORAGE_EXCEEDED',
        `the run holds ${used} bytes and was to store ${bytes} more: a run may store ${maxBytes} (CODEX_MAX_RUN_MB)`,
        { data: { storedBytes: used, moreBytes: bytes, maxBytes } },
      )
    },
    add(bytes) {
      used += bytes
    },
  }
}

export function isTooLarge(error: unknown): error is CodexError {
  return CodexError.isInstance(error) && error.code === 'STORAGE_EXCEEDED'
}

/** Whether a write brings anything beyond rows and events that tell how the run stands. */
function hasContent({ run, calls, artifacts, packs }: WriteContent): boolean {
  return [calls, artifacts, packs].some((rows) => rows !== undefined && rows.length > 0) || (run?.patch ?? '') !== ''
}
