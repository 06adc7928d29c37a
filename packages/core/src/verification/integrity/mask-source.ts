export type MaskedLanguage = 'python' | 'go' | 'rust'

/** Starts and ends of what is no code, by language; the longer openings first. */
const SPANS: Readonly<
  Record<
    MaskedLanguage,
    readonly {
      readonly open: string
      readonly close: string
      readonly escapes: boolean
      readonly lines: boolean
      readonly isComment: boolean
    }[]
  >
> = {
  python: [
    { open: '"""', close: '"""', escapes: true, lines: true, isComment: false },
    { open: "'''", close: "'''", escapes: true, lines: true, isComment: false },
    { open: '"', close: '"', escapes: true, lines: false, isComment: false },
    { open: "'", close: "'", escapes: true, lines: false, isComment: false },
    { open: '#', close: '\n', escapes: false, lines: false, isComment: true },
  ],
  go: [
    { open: '//', close: '\n', escapes: false, lines: false, isComment: true },
    { open: '/*', close: '*/', escapes: false, lines: true, isComment: true },
    { open: '`', close: '`', escapes: false, lines: true, isComment: false },
    { open: '"', close: '"', escapes: true, lines: false, isComment: false },
    { open: "'", close: "'", escapes: true, lines: false, isComment: false },
  ],
  rust: [
    { open: '//', close: '\n', escapes: false, lines: false, isComment: true },
    { open: '/*', close: '*/', escapes: false, lines: true, isComment: true },
    { open: 'r##"', close: '"##', escapes: false, lines: true, isComment: false },
    { open: 'r#"', close: '"#', escapes: false, lines: true, isComment: false },
    { open: '"', close: '"', escapes: true, lines: true, isComment: false },
  ],
}

/**
 * Blanks comments and the insides of strings, character for character, so that what is left can be searched for code.
 * Quotes stay. One pass, without backtracking.
 */
export function maskSource(text: string, language: MaskedLanguage): string {
  const spans = SPANS[language]
  const parts: string[] = []
  let at = 0
  let plain = 0
  while (at < text.length) {
    const span = spans.find(({ open }) => text.startsWith(open, at))
    if (span === undefined) {
      at += 1
      continue
    }
    const start = at
    at += span.open.length
    while (at < text.length && !text.startsWith(span.close, at)) {
      if (!span.lines && text[at] === '\n') break
      at += span.escapes && text[at] === '\\' ? 2 : 1
    }
    const isClosed = text.startsWith(span.close, at) && span.close !== '\n'
    const end = Math.min(text.length, isClosed ? at + span.close.length : at)
    parts.push(text.slice(plain, start))
    if (span.isComment) parts.push(blank(text.slice(start, end)))
    else {
      const tail = isClosed ? span.close.length : 0
      parts.push(span.open, blank(text.slice(start + span.open.length, end - tail)), text.slice(end - tail, end))
    }
    at = end
    plain = end
  }
  parts.push(text.slice(plain))
  return parts.join('')
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}
