/**
 * A request's text out of which what was understood is taken piece by piece. What is left at the end was not
 * understood, and that decides whether the request can be served.
 */
export interface PromptText {
  /** The text as it is now; taken spans are bars and spaces, so that offsets stay. */
  current(): string
  /** Takes the first match out; null when there is none. */
  take(pattern: RegExp): RegExpExecArray | null
  takeAll(pattern: RegExp): RegExpExecArray[]
  takeSpan(start: number, end: number): void
  /** Takes matches out as if they had never been there, so that what stands around them reads on. */
  cut(pattern: RegExp): RegExpExecArray[]
}

const TAKEN = '¦'

export function createPromptText(text: string): PromptText {
  let current = text
    .normalize('NFKC')
    .replaceAll(/[`*]/g, ' ')
    .replaceAll(/[“”]/g, '"')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(TAKEN, ' ')
    .replaceAll(/[ \t\r]+/g, ' ')
  const takeSpan = (start: number, end: number): void => {
    const length = end - start
    const filling = length > 0 ? TAKEN + ' '.repeat(length - 1) : ''
    current = current.slice(0, start) + filling + current.slice(end)
  }
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = new RegExp(pattern.source, flags(pattern)).exec(current)
    if (match !== null) takeSpan(match.index, match.index + match[0].length)
    return match
  }
  return {
    current: () => current,
    take,
    takeAll(pattern) {
      const matches: RegExpExecArray[] = []
      for (let match = take(pattern); match !== null && match[0] !== ''; match = take(pattern)) matches.push(match)
      return matches
    },
    takeSpan,
    cut(pattern) {
      const matches: RegExpExecArray[] = []
      for (;;) {
        const match = new RegExp(pattern.source, flags(pattern)).exec(current)
        if (match === null || match[0] === '') return matches
        matches.push(match)
        current =
          current.slice(0, match.index) + ' '.repeat(match[0].length) + current.slice(match.index + match[0].length)
      }
    },
  }
}

/** All patterns ignore case; `g` would make them remember positions. */
function flags(pattern: RegExp): string {
  return [...new Set(`${pattern.flags}i`)].filter((flag) => flag !== 'g').join('')
}

/** Words that nothing took, each once, in order. */
export function wordsLeft(text: PromptText): string[] {
  const words = text.current().match(/[\p{L}\p{N}_$@/][\p{L}\p{N}_$@/.:'+#-]*/gu) ?? []
  return [...new Set(words.map((word) => word.toLowerCase().replace(/[.:'-]+$/, '')))].filter((word) => word !== '')
}
