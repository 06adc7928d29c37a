import { runGit } from './git.ts'
import { type GitPlace, indexOf } from './snapshot.ts'

export interface SearchMatch {
  readonly path: string
  readonly line: number
  readonly text: string
}

const DEFAULT_LIMIT = 200
const MAX_LINE_CHARACTERS = 500
/** A hostile expression can take for ever. */
const TIMEOUT_MS = 20_000

/**
 * Searches the files of the last snapshot, not the worktree: no link, FIFO or device is opened.
 *
 * @throws CodexError WORKSPACE_ERROR when the expression is invalid or takes longer than 20 s
 */
export async function searchFiles(
  place: GitPlace,
  query: string,
  options: { readonly regex?: boolean; readonly limit?: number } = {},
): Promise<SearchMatch[]> {
  const { regex = false, limit = DEFAULT_LIMIT } = options
  const { stdout } = await runGit(
    ['grep', '--cached', '--no-textconv', '--no-color', '-I', '-z', '-n', regex ? '-E' : '-F', '-e', query],
    {
      ...place,
      indexFile: indexOf(place),
      okExitCodes: [0, 1],
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: 8 * 1024 * 1024,
      truncate: true,
    },
  )
  return stdout
    .toString('utf8')
    .split('\n')
    .slice(0, limit)
    .flatMap((record) => {
      const [path, line, text] = record.split('\0')
      if (path === undefined || line === undefined || text === undefined) return []
      return [{ path, line: Number(line), text: text.slice(0, MAX_LINE_CHARACTERS) }]
    })
}
