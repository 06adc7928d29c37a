import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadOnlyMount } from '../../sandbox/sandbox.ts'
import type { VerifierPurpose } from '../verifier.ts'

/** Commands that execute tests and nothing else; required commands may well build something into node_modules. */
const TEST_PURPOSES: ReadonlySet<VerifierPurpose> = new Set(['test', 'baseline', 'mutation'])

/**
 * Mounts for a command's policy that put the installed packages out of the reach of tests: what a runner loads while it
 * runs stays what was installed. Where a driver has no mounts, changes are found out afterwards.
 */
export function readOnlyPackages(worktree: string, purpose: VerifierPurpose): readonly ReadOnlyMount[] {
  const folder = join(worktree, 'node_modules')
  const isFolder = lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
  return isFolder && TEST_PURPOSES.has(purpose) ? [{ source: folder, target: folder }] : []
}
