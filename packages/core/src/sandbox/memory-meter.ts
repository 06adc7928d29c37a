import { statfs } from 'node:fs/promises'
import { type ProcessRow, readProportionalBytes } from './process-table.ts'
import type { ProcessTree } from './process-tree.ts'

/** Kernel memory of one tmpfs inode, about. */
const INODE_BYTES = 1024

export interface MemoryMeter {
  peakBytes(): number
  /** Bytes in use; 0 when nothing grew since the last full look and the limit is far. */
  measure(rows: readonly ProcessRow[]): Promise<number>
}

/** Measures the proportional memory of a process tree plus what lies in its memory-backed folders. */
export function createMemoryMeter(tree: ProcessTree, limitBytes: number): MemoryMeter {
  let peakBytes = 0
  let measuredResidentBytes = 0
  return {
    peakBytes: () => peakBytes,
    async measure(rows) {
      const folders = await Promise.all(tree.memoryFolders().map(readFolderBytes))
      const folderBytes = folders.reduce((sum, bytes) => sum + bytes, 0)
      const residentBytes = rows.reduce((sum, row) => sum + row.residentBytes, 0) + folderBytes
      // Resident counts shared pages several times, so it is never less than proportional, and far cheaper to read.
      if (residentBytes <= limitBytes && residentBytes < measuredResidentBytes * 1.05) return 0
      measuredResidentBytes = residentBytes
      const bytes = rows.reduce((sum, row) => sum + (readProportionalBytes(row) ?? row.residentBytes), 0) + folderBytes
      peakBytes = Math.max(peakBytes, bytes)
      return bytes
    },
  }
}

async function readFolderBytes(folder: string): Promise<number> {
  try {
    const stats = await statfs(folder)
    return (stats.blocks - stats.bfree) * stats.bsize + Math.max(stats.files - stats.ffree, 0) * INODE_BYTES
  } catch {
    return 0 // not mounted yet, or gone with the sandbox
  }
}
