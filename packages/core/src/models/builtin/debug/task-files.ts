import type { AgentTask } from '../../../task/agent-task.ts'

/** The files that a task knows about. */
export interface TaskFiles {
  /** All paths, those without contents included. */
  readonly paths: readonly string[]
  /** Whether the list holds every file of the worktree; it is cut at 500. */
  readonly isComplete: boolean
  read(path: string): string | null
  /** Text of a line (from 1); null when the file was not given or has no such line. */
  lineAt(path: string, line: number): string | null
  /** The one line (from 1) that holds a text in quotes; null when there is none, or more than one. */
  findQuoted(path: string, text: string): number | null
  /**
   * The file that a path of another machine means: the one that shares the most trailing folders with it; null when
   * there is none, or more than one.
   */
  resolve(path: string): string | null
}

const MAX_PATHS = 500

export function openTaskFiles(task: AgentTask): TaskFiles {
  const contents = new Map(Object.entries(task.fileContents ?? {}))
  const paths = [...new Set([...contents.keys(), ...task.files])]
  const byName = Map.groupBy(paths, (path) => path.split('/').at(-1) ?? '')
  const split = new Map<string, readonly string[]>()
  const linesOf = (path: string): readonly string[] => {
    const lines = split.get(path) ?? contents.get(path)?.split('\n') ?? []
    split.set(path, lines)
    return lines
  }
  return {
    paths,
    isComplete: task.files.length > 0 && task.files.length < MAX_PATHS,
    read: (path) => contents.get(path) ?? null,
    lineAt: (path, line) => linesOf(path)[line - 1] ?? null,
    findQuoted(path, text) {
      const quoted = ["'", '"', '`'].map((quote) => `${quote}${text}${quote}`)
      const found = linesOf(path).flatMap((line, index) =>
        quoted.some((form) => line.includes(form)) ? [index + 1] : [],
      )
      return found.length === 1 ? (found[0] ?? null) : null
    },
    resolve(given) {
      const wanted = given.split('/').filter((part) => part !== '' && part !== '.')
      const candidates = (byName.get(wanted.at(-1) ?? '') ?? []).map((path) => ({ path, ...compare(path, wanted) }))
      const fitting = candidates.filter(({ shared, isWhole }) => isWhole || shared >= 2)
      const most = Math.max(0, ...fitting.map(({ shared }) => shared))
      const best = fitting.filter(({ shared }) => shared === most)
      const exact = best.find(({ path }) => path === wanted.join('/')) ?? (best.length === 1 ? best[0] : undefined)
      return exact?.path ?? null
    },
  }
}

function compare(path: string, wanted: readonly string[]): { readonly shared: number; readonly isWhole: boolean } {
  const parts = path.split('/')
  let shared = 0
  while (shared < parts.length && shared < wanted.length && parts.at(-1 - shared) === wanted.at(-1 - shared))
    shared += 1
  return { shared, isWhole: shared === parts.length || shared === wanted.length }
}
