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
