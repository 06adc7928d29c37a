import { isAbsolute, relative, sep } from 'node:path'

/** Makes a path out of a report relative to the worktree, with `/`. Paths elsewhere keep their `../`. */
export function worktreePath(path: string, worktree: string): string {
  const relativePath = isAbsolute(path) ? relative(worktree, path) : path
  return relativePath.split(sep).join('/').replace(/^\.\//, '')
}
