import { lstatSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { CodexError } from '@codex/protocol'
import type { SandboxCommand, SandboxPolicy } from './sandbox.ts'

/** Largest standard input of a command, in bytes of UTF-8. */
export const MAX_STDIN_BYTES = 64 * 1024

/**
 * Checks a command against its policy and returns the command's absolute folder.
 * @throws CodexError SANDBOX_VIOLATION when the worktree is not a real folder, the command wants out of it, or its
 * standard input is larger than {@link MAX_STDIN_BYTES}
 */
export function placeCommand(command: SandboxCommand, policy: SandboxPolicy): string {
  const { worktree } = policy
  if (!isAbsolute(worktree) || resolve(worktree) !== worktree || worktree.split('/').length < 3) {
    throw new CodexError(
      'SANDBOX_VIOLATION',
      `worktree ${worktree} must be an absolute, normal path at least two folders below /`,
    )
  }
  if (!lstatSync(worktree, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CodexError('SANDBOX_VIOLATION', `worktree ${worktree} is not a folder (links are not followed)`)
  }
  const directory = resolve(worktree, command.cwd ?? '.')
  if (directory !== worktree && !directory.startsWith(`${worktree}/`)) {
    throw new CodexError('SANDBOX_VIOLATION', `cwd ${command.cwd} leads out of the worktree; use a path below it`)
  }
  const stdinBytes = Buffer.byteLength(command.stdin ?? '')
  if (stdinBytes > MAX_STDIN_BYTES) {
    throw new CodexError(
      'SANDBOX_VIOLATION',
      `standard input of ${command.argv[0]} has ${stdinBytes} bytes, the limit is ${MAX_STDIN_BYTES}; put the text into a file of the worktree`,
    )
  }
  return directory
}

/** The environment of sandboxed commands: nothing comes from the service. */
export function cleanEnvironment(path: readonly string[], home: string): Record<string, string> {
  return { PATH: path.join(':'), HOME: home, TMPDIR: '/tmp', LANG: 'C.UTF-8', CI: '1', NO_COLOR: '1' }
}
