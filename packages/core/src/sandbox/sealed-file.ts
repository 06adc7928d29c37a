import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Bytes that a child process reads through a descriptor of its own; no name in the file system leads to them. */
export interface SealedFile {
  /** Opens a fresh descriptor at offset 0, which the caller closes. */
  open(): number
  close(): void
}

/**
 * Stores content in an unlinked temporary file (Linux). Reopening through /proc gives every reader an offset of its own,
 * so that parallel spawns can read the same file, and nothing stays behind when the service is killed.
 */
export function sealFile(content: string | Uint8Array): SealedFile {
  const folder = mkdtempSync(join(tmpdir(), 'codex-sealed-'))
  const path = join(folder, 'content')
  try {
    writeFileSync(path, content, { mode: 0o600 })
    const descriptor = openSync(path, 'r')
    return {
      open: () => openSync(`/proc/self/fd/${descriptor}`, 'r'),
      close: () => closeSync(descriptor),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
