import { statfs } from 'node:fs/promises'
import { CodexError } from '@codex/protocol'
import type { Log } from '../logging/log.ts'

/** Knows how much room the data folder has. */
export interface DiskWatch {
  /** Megabytes that this process may still use; null while nobody knows. */
  freeMb(): number | null
  /** Whether there is too little room for another run. */
  isShort(): boolean
  /** @throws CodexError UNAVAILABLE when there is too little room for another run */
  check(): void
  /** Looks now. */
  look(): Promise<void>
  stop(): void
}

export interface DiskWatchSettings {
  readonly folder: string
  /** Less than this, and no new runs are taken; 0 never looks. */
  readonly minFreeMb: number
  readonly log: Log
  /** For tests. */
  readonly measure?: (folder: string) => Promise<{ readonly bavail: number; readonly bsize: number }>
}

const EVERY_MS = 5_000
const BYTES_PER_MB = 1_048_576

/** Looks every 5 s, so that no request has to. */
export function watchDisk({ folder, minFreeMb, log, measure = statfs }: DiskWatchSettings): DiskWatch {
  let free: number | null = null
  const isShort = () => free !== null && free < minFreeMb
  const look = async (): Promise<void> => {
    const wasShort = isShort()
    free = await measure(folder).then(
      ({ bavail, bsize }) => Math.floor((bavail * bsize) / BYTES_PER_MB),
      () => null, // a file system that does not tell: writes that fail will
    )
    if (isShort() && !wasShort) log.error({ freeMb: free, minFreeMb, folder }, 'the disk is nearly full: no new runs')
    if (!isShort() && wasShort) log.info({ freeMb: free }, 'there is room on the disk again')
  }
  const timer = minFreeMb === 0 ? undefined : setInterval(() => void look(), EVERY_MS)
  timer?.unref()
  return {
    freeMb: () => free,
    isShort,
    check() {
      if (!isShort()) return
      throw new CodexError(
        'UNAVAILABLE',
        `the disk is nearly full: ${free} MB are free in the data folder, new runs need ${minFreeMb} (CODEX_MIN_FREE_MB); free space, and it works again by itself`,
        { retryAfterS: 30, data: { reason: 'disk_full', freeMb: free, minFreeMb } },
      )
    },
    look,
    stop: () => clearInterval(timer),
  }
}
