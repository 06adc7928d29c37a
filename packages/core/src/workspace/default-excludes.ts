/**
 * Folders and files that tools leave behind. They are no part of a run's result although a project may have no
 * `.gitignore`; one that wants them says so with `!name` in its `.gitignore`. What is tracked stays tracked.
 */
export const DEFAULT_EXCLUDES: readonly string[] = [
  'node_modules/',
  '.pnpm-store/',
  'coverage/',
  '.nyc_output/',
  '.codex/',
  '__pycache__/',
  '*.pyc',
  '.venv/',
  '.pytest_cache/',
  '.mypy_cache/',
  '.ruff_cache/',
  '.coverage',
  '.cache/',
  '.turbo/',
  '.DS_Store',
]

/** Whether a path is what tools leave behind. */
export function isLeftByTools(path: string): boolean {
  const parts = path.split('/')
  return DEFAULT_EXCLUDES.some((pattern) => {
    if (pattern.endsWith('/')) return parts.slice(0, -1).includes(pattern.slice(0, -1))
    const name = parts.at(-1) ?? ''
    return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern
  })
}
