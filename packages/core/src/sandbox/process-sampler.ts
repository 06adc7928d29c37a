import { type ProcessTable, readProcessTable } from './process-table.ts'

/** Gives a recent process table. */
export type ProcessSampler = () => Promise<ProcessTable>

const FRESH_MS = 40

/** Shares one reading of the machine's processes among all commands that look at about the same time. */
export function createProcessSampler(
  read: () => ProcessTable | Promise<ProcessTable> = readProcessTable,
): ProcessSampler {
  let current: Promise<ProcessTable> | null = null
  let readAt = Number.NEGATIVE_INFINITY
  return () => {
    if (current === null || performance.now() - readAt > FRESH_MS) {
      readAt = performance.now()
      current = Promise.resolve(read())
    }
    return current
  }
}
