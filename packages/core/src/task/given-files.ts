/** A file named by the request; `content` where the request brings it along. */
export interface GivenFile {
  readonly path: string
  readonly content?: string
}

/** What is wrong with a path that should lie inside the worktree, as the end of a sentence; null when nothing is. */
export function findPathProblem(path: string): string | null {
  if (path === '' || path === '.') return 'is empty'
  if (path.includes('\0')) return 'contains a NUL character'
  if (/^([/\\]|[A-Za-z]:[/\\])/.test(path)) return 'is absolute; give it relative to the root of the repository'
  const parts = path.split('/')
  if (parts.includes('..')) return 'leaves the repository; remove the ".." parts'
  if (parts.some((part) => part.toLowerCase() === '.git')) return "lies in git's own folder, which agents cannot touch"
  return null
}

/** `./src//a.ts` and `src\a.ts` -> `src/a.ts`; says nothing about whether the path is allowed. */
export function normalizePath(path: string): string {
  return path
    .trim()
    .replaceAll('\\', '/')
    .replaceAll(/\/{2,}/g, '/')
    .replace(/^(\.\/)+/, '')
}

/** Splits `"a.ts, b.ts"` or lines into paths. */
function splitPaths(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map(normalizePath)
    .filter((path) => path !== '')
}

/**
 * Brings every accepted form (text, list of paths, list of files, map of path to content) into one list.
 * @param report called once a problem, with the end of a sentence
 */
export function normalizeGivenFiles(value: unknown, report: (problem: string) => void): GivenFile[] {
  const files = new Map<string, GivenFile>()
  const add = (rawPath: string, content?: string) => {
    const path = normalizePath(rawPath)
    const problem = findPathProblem(path)
    if (problem !== null) return report(`path "${rawPath.slice(0, 200)}" ${problem}`)
    const known = files.get(path)
    if (known?.content !== undefined && content !== undefined && known.content !== content) {
      return report(`gives "${path}" twice with different contents; keep one`)
    }
    files.set(path, content === undefined ? (known ?? { path }) : { path, content })
  }
  if (typeof value === 'string') for (const path of splitPaths(value)) add(path)
  else if (Array.isArray(value)) {
    for (const entry of value as unknown[]) {
      if (typeof entry === 'string') add(entry)
      else if (isFile(entry)) add(entry.path, entry.content)
      else report('takes paths or {path, content} objects')
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [path, content] of Object.entries(value)) {
      if (typeof content === 'string') add(path, content)
      else report(`content of "${path}" must be a string`)
    }
  } else report('must be a path, a list of paths or {path, content} objects, or an object of path to content')
  return [...files.values()]
}

function isFile(value: unknown): value is { path: string; content?: string } {
  if (typeof value !== 'object' || value === null || !('path' in value) || typeof value.path !== 'string') return false
  return !('content' in value) || typeof value.content === 'string'
}
