import type { WorkspaceSource } from './workspace.ts'

/** Objects that complete one tree of a run where another one is there already. */
export interface ArchivedPack {
  readonly tree: string
  readonly baseTree: string
  /** Order within the run. */
  readonly n: number
  /** Null when the packs of the run are too large to be read together. */
  readonly content: Buffer | null
}

/** What is kept of a run's files outside of this machine. */
export interface ArchivedRun {
  readonly source: WorkspaceSource
  /** Null until it was recorded. */
  readonly baseTree: string | null
  /** In order. */
  readonly packs: readonly ArchivedPack[]
}

/**
 * Where the files of runs are kept so that every node can rebuild them: what a run started from, each once for all runs,
 * and what each command and commit added to it.
 */
export interface WorkspaceArchive {
  /** @returns null when there is no such run */
  readRun(runId: string): Promise<ArchivedRun | null>
  readPack(runId: string, tree: string): Promise<Buffer | null>
  /** A whole pack of a tree; null when none is kept, or it is larger than `maxBytes`. */
  readBase(tree: string, maxBytes?: number): Promise<Buffer | null>
  /** Whether a base is kept; it counts as used from now on. */
  hasBase(tree: string): Promise<boolean>
  writeBase(tree: string, pack: Buffer): Promise<void>
}

/** A base whose pack is larger is not kept: nodes fetch it again from where it came. */
export const MAX_BASE_PACK_BYTES = 64 * 1024 * 1024
/** What one command or commit adds; with more, the run can go on only where it is. */
export const MAX_PACK_BYTES = 32 * 1024 * 1024
