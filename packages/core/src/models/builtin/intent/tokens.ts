/** A word or sign with its place in the text. */
export interface Token {
  readonly text: string
  readonly lower: string
  readonly start: number
  readonly end: number
}

const TOKEN = /[\p{L}\p{N}_$][\p{L}\p{N}_$'-]*(?:\.[\p{L}\p{N}]+)*|\/[\w-]+|\n|[^\s]/gu

/** Splits a text from an offset on; ends at the first taken span. */
export function tokenize(text: string, from: number): Token[] {
  const end = text.indexOf('¦', from)
  const part = text.slice(from, end < 0 ? undefined : end)
  return [...part.matchAll(TOKEN)].map((match) => ({
    text: match[0],
    lower: match[0].toLowerCase(),
    start: from + match.index,
    end: from + match.index + match[0].length,
  }))
}
