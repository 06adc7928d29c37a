import type { CommandResult } from '../../sandbox/sandbox.ts'

/** Shown of stdout and of stderr each. */
const MAX_CHARACTERS = 8_000

/** Keeps the head and the tail of a long output; the tail gets more, since that is where commands say what failed. */
function keepEnds(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text
  const head = text.slice(0, Math.floor(maxCharacters / 4))
  const tail = text.slice(text.length - Math.ceil((maxCharacters * 3) / 4))
  return `${head}\n[… ${text.length - head.length - tail.length} characters left out …]\n${tail}`
}

/**
 * Tells the model how a command ended: `exit code: 1` (or how it was ended) on the first line, then the outputs.
 * @param worktree absolute path; see {@link makeRelative}
 */
export function describeCommand(result: CommandResult, worktree: string): string {
  const outputs = [
    ['stdout', result.stdout],
    ['stderr', result.stderr],
  ] as const
  const parts = [describeEnd(result)]
  for (const [name, text] of outputs) {
    const clean = makeRelative(text, worktree).trimEnd()
    if (clean !== '') parts.push(`--- ${name} ---\n${keepEnds(clean, MAX_CHARACTERS)}`)
  }
  if (parts.length === 1) parts.push('(no output)')
  if (result.deniedHosts.length > 0) {
    parts.push(`Connections refused, commands have no network: ${result.deniedHosts.join(', ')}`)
  }
  return parts.join('\n')
}

function describeEnd(result: CommandResult): string {
  if (result.limit !== null) return `exit code: none (ended by the ${result.limit.replaceAll('_', ' ')} limit)`
  if (result.exitCode === null) return `exit code: none (ended by signal ${result.signal ?? 'unknown'})`
  return `exit code: ${result.exitCode}`
}

/**
 * Takes the absolute path of the worktree out of an output: it means nothing to the model and its tools refuse it.
 * Only the path's last two parts are compared, since a recorded output may come from a node that keeps its data
 * elsewhere, and has to read the same when it is replayed here.
 */
function makeRelative(text: string, worktree: string): string {
  const end = worktree
    .split('/')
    .slice(-2)
    .join('/')
    .replaceAll(/[^\w/-]/g, '\\$&')
  const pattern = new RegExp(`(?:/[^\\s:'"()\\[\\]]{0,500})?/${end}(?:/|(?![\\w-]))`, 'g')
  return text.replaceAll(pattern, (match) => (match.endsWith('/') ? '' : '.'))
}
