import { statfs } from 'node:fs/promises'
import { enforcedFileBytes } from './launch-script.ts'
import { countNamelessBytes } from './nameless-files.ts'
import type { ProcessRow } from './process-table.ts'
import type { SandboxLimitName, SandboxLimits } from './sandbox.ts'
import { surveyWorktree } from './worktree-survey.ts'

export interface DiskMeter {
  /** A cheap look while the command runs; walks the worktree only when that is due. */
  look(processes: readonly ProcessRow[]): Promise<SandboxLimitName | null>
  /** The last look, after the command has ended. */
  finish(): Promise<SandboxLimitName | null>
}

/** The worktree is walked when the whole disk took this share of the limit since the last walk … */
const SUSPICIOUS_SHARE = 0.1
/** … or when this much time has passed; but walks take one part in five of the time at most. */
const WALK_EVERY_MS = 2_000
const WALK_REST_FACTOR = 4

/**
 * Measures how much a worktree grows from now on. Walking it is exact and costs about 9 µs a file, so figures of the
 * whole disk, which cost nothing, tell when a walk is due.
 * @param owner user that the files are handed to on the first walk; null leaves them alone
 */
export async function openDiskMeter(worktree: string, limits: SandboxLimits, owner: number | null): Promise<DiskMeter> {
  const baseline = await surveyWorktree(worktree, owner === null ? {} : { owner })
  const changedSinceMs = Date.now()
  const fileLimit = enforcedFileBytes(limits)
  const diskBaseline = await readDiskUse(worktree)
  let before = diskBaseline
  let nextWalkAt = performance.now() + WALK_EVERY_MS
  let restUntil = 0

  const enough = {
    inodes: baseline.inodes + limits.workspaceInodes,
    bytes: baseline.bytes + limits.workspaceBytes,
  }

  const walk = async (processes: readonly ProcessRow[]): Promise<SandboxLimitName | null> => {
    const startedAt = performance.now()
    const survey = await surveyWorktree(worktree, { changedSinceMs, enough })
    const namelessBytes = countNamelessBytes(processes, worktree)
    const endedAt = performance.now()
    restUntil = endedAt + (endedAt - startedAt) * WALK_REST_FACTOR
    nextWalkAt = Math.max(endedAt + WALK_EVERY_MS, restUntil)
    // A command must not hide what it wrote in a folder that it closed: then all growth of the disk is its own.
    const [now, then] = survey.isComplete ? [survey, baseline] : [await readDiskUse(worktree), diskBaseline]
    if (now.inodes - then.inodes > limits.workspaceInodes) return 'workspace_inodes'
    if (now.bytes - then.bytes + namelessBytes > limits.workspaceBytes) return 'workspace_bytes'
    // The kernel stops a write exactly at the limit; a program that ignores SIGXFSZ would go on with a cut file.
    return survey.largestChangedFileBytes === fileLimit ? 'file_size' : null
  }
  const isSuspicious = (use: DiskUse) =>
    use.bytes - before.bytes > Math.min(limits.workspaceBytes * SUSPICIOUS_SHARE, fileLimit / 2) ||
    use.inodes - before.inodes > limits.workspaceInodes * SUSPICIOUS_SHARE

  return {
    async look(processes) {
      const use = await readDiskUse(worktree)
      const now = performance.now()
      if (now < restUntil || !(isSuspicious(use) || now >= nextWalkAt)) return null
      before = use
      return await walk(processes)
    },
    async finish() {
      return isSuspicious(await readDiskUse(worktree)) ? await walk([]) : null
    },
  }
}

interface DiskUse {
  readonly bytes: number
  readonly inodes: number
}

async function readDiskUse(path: string): Promise<DiskUse> {
  const stats = await statfs(path)
  return { bytes: (stats.blocks - stats.bfree) * stats.bsize, inodes: stats.files - stats.ffree }
}
