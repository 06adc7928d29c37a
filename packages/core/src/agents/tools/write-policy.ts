import { matchesGlob } from 'node:path/posix'
import { isLockFile, siblingManifest } from '../changes/manifests.ts'

/** Which files an agent may change. Contents are null where there is no such file (before, or after a deletion). */
export interface WritePolicy {
  /** Says why a tool's write is refused, as a sentence for the model; null when it may happen. */
  refuse(path: string, next: string | null, previous: string | null): string | null
  /** Whether a change may stay in the result, whoever made it: a tool, or a command that ran. */
  accepts(path: string, next: string | null, previous: string | null): boolean
}

/** Everything in the worktree may change. */
export const ALLOW_ALL: WritePolicy = { refuse: () => null, accepts: () => true }

/** Whether a path is one of the targets: the path itself, a folder above it, or a glob that matches it. */
export function matchesTarget(path: string, targets: readonly string[]): boolean {
  return targets.some((target) => {
    const folder = target.endsWith('/') ? target : `${target}/`
    return path === target || path.startsWith(folder) || matchesGlob(path, target)
  })
}

/** Only the request's target files may change, and the lock file beside a target manifest; no targets: everything. */
export function targetPolicy(targets: readonly string[]): WritePolicy {
  if (targets.length === 0) return ALLOW_ALL
  return {
    refuse: (path) =>
      matchesTarget(path, targets)
        ? null
        : `"${path}" may not be changed: the request limits changes to ${targets.join(', ')}. Make the change there, or finish and say in the warnings what is missing.`,
    accepts: (path) =>
      matchesTarget(path, targets) || (isLockFile(path) && matchesTarget(siblingManifest(path), targets)),
  }
}
