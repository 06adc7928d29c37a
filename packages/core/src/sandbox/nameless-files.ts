import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import type { ProcessRow } from './process-table.ts'

const DELETED = ' (deleted)'

/**
 * Bytes on disk of files of a folder that have been deleted but are still open or mapped (Linux; 0 elsewhere): they fill
 * the disk, and no walk finds them.
 */
export function countNamelessBytes(processes: readonly ProcessRow[], folder: string): number {
  if (process.platform !== 'linux') return 0
  const bytesByInode = new Map<number, number>()
  for (const row of processes) {
    try {
      addOpen(row, folder, bytesByInode)
      addMapped(row, folder, bytesByInode)
    } catch {
      // gone meanwhile, or not ours to look into
    }
  }
  return [...bytesByInode.values()].reduce((sum, bytes) => sum + bytes, 0)
}

function addOpen(row: ProcessRow, folder: string, bytesByInode: Map<number, number>): void {
  for (const name of readdirSync(`${row.folder}/fd`)) {
    const path = `${row.folder}/fd/${name}`
    if (!isNameless(readlinkSync(path), folder)) continue
    const { ino, blocks } = statSync(path)
    bytesByInode.set(ino, blocks * 512)
  }
}

/** A mapping keeps its file without a descriptor; the file is at least as long as what is mapped, holes aside. */
function addMapped(row: ProcessRow, folder: string, bytesByInode: Map<number, number>): void {
  for (const line of readFileSync(`${row.folder}/maps`, 'utf8').split('\n')) {
    if (!line.endsWith(DELETED)) continue
    const [, from = '', to = '', inode = '', path = ''] =
      /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ (\d+)\s+(.*)$/.exec(line) ?? []
    if (!isNameless(path, folder)) continue
    const bytes = Number.parseInt(to, 16) - Number.parseInt(from, 16)
    if (!bytesByInode.has(Number(inode))) bytesByInode.set(Number(inode), bytes)
  }
}

function isNameless(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`) && path.endsWith(DELETED)
}
