import { createHash } from 'node:crypto'

/** Cuts a long text and names the digest of the whole. */
export function shorten(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text
  const digest = createHash('sha256').update(text).digest('hex')
  return `${text.slice(0, maxCharacters).toWellFormed()}… (${text.length} characters, sha256 ${digest})`
}
