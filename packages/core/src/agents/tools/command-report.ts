import type { CommandResult } from '../../sandbox/sandbox.ts'

/** Shown of stdout and of stderr each. */
const MAX_CHARACTERS = 8_000

/** Keeps the head and the tail of a long output; the tail gets more, since that is where commands say what failed. */
export function keepEnds(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text
  const head = text.slice(0, Math.floor(maxCharacters / 4))
  const tail = worktree
    .split('/')
    .slice(-2)
    .join('/')
    .replaceAll(/[^\w/-]/g, '\\$&')
  const pattern = new RegExp(`(?:/[^\\s:'"()\\[\\]]{0,500})?/${tail}(?:/|(?![\\w-]))`, 'g')
  return text.replaceAll(pattern, (match) => (match.endsWith('/') ? '' : '.'))
}
