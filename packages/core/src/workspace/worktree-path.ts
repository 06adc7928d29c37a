import { CodexError } from '@codex/protocol'

/**
 * Splits a path that a caller gave into its parts.
 *
 * @param path relative to the worktree, with `/` separators
 * @throws CodexError WORKSPACE_ERROR when it is empty or absolute, climbs with `..`, or goes into a git directory
 */
export function splitWorktreePath(path: string): readonly [string, ...string[]] {
  const [first, ...rest] = path.split('/').filter((part) => part !== '' && part !== '.')
  if (first === undefined) throw refuse(path, 'it names no file')
  const parts = [first, ...rest] as const
  if (path.startsWith('/')) throw refuse(path, 'it must be relative to the worktree')
  if (path.includes('\0')) throw refuse(path.replaceAll('\0', '?'), 'it contains a NUL character')
  if (parts.includes('..')) throw refuse(path, 'it leaves the worktree')
  // git itself treats these names alike, for the sake of file systems that do
  if (parts.some((part) => /^(\.git|git~1)[ .]*$/i.test(part))) throw refuse(path, 'it lies in a git directory')
  return parts
}

function refuse(path: string, reason: string): CodexError {
  return new CodexError('WORKSPACE_ERROR', `The path ${JSON.stringify(path)} is refused: ${reason}.`, {
    retryable: false,
  })
}
