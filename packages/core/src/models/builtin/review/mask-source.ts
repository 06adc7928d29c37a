/** Two views of a source text with the same offsets as the text itself. */
export interface MaskedSource {
  /** Comments, and the contents of strings, templates and regular expressions, replaced by spaces. */
  readonly code: string
  /** Only comments replaced by spaces. */
  readonly withStrings: string
  /** Comments, as offset and text. */
  readonly comments: readonly { readonly start: number; readonly text: string }[]
}

const REGEX_MAY_FOLLOW =
  /(?:^|[=(,:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield))\s*$/

/**
 * Masks JavaScript and TypeScript text with one pass over its characters. Interpolations of templates stay code.
 * It is a lexer, not a parser: in doubt about a slash it looks at what stands before it.
 */
export function maskSource(text: string): MaskedSource {
  const code = [...blank(text)]
  const withStrings = [...blank(text)]
  const comments: { start: number; text: string }[] = []
  /** Depth of braces at which each open template goes on. */
  const templates: number[] = []
  let depth = 0
  let index = 0
  let recent = ''

  const keep = (from: number, to: number, inCode: boolean): void => {
    for (let at = from; at < to; at += 1) {
      const character = text[at] ?? ''
      if (inCode) code[at] = character
      withStrings[at] = character
    }
  }
  const emit = (to: number): void => {
    keep(index, to, true)
    recent = (recent + text.slice(index, to)).slice(-40)
    index = to
  }
  const literal = (to: number): void => {
    keep(index, to, false)
    code[index] = text[index] ?? ''
    if (to - 1 > index) code[to - 1] = text[to - 1] ?? ''
    recent = `${recent}x`.slice(-40)
    index = to
  }
  const template = (from: number): void => {
    // From behind the backtick or the closing brace to the next backtick or interpolation.
    let at = from
    while (at < text.length && text[at] !== '`' && !(text[at] === '$' && text[at + 1] === '{'))
      at += text[at] === '\\' ? 2 : 1
    keep(index, Math.min(at, text.length), false)
    code[index] = text[index] ?? ''
    index = Math.min(at, text.length)
    if (text[index] === '`') {
      emit(index + 1)
      recent = `${recent}x`
    } else if (index < text.length) {
      emit(index + 2)
      depth += 1
      templates.push(depth)
    }
  }

  while (index < text.length) {
    const character = text[index] ?? ''
    const pair = text.slice(index, index + 2)
    if (pair === '//' || pair === '/*' || (index === 0 && pair === '#!')) {
      const end = pair === '/*' ? text.indexOf('*/', index + 2) : text.indexOf('\n', index)
      const to = end < 0 ? text.length : pair === '/*' ? end + 2 : end
      comments.push({ start: index, text: text.slice(index, to) })
      index = to
    } else if (character === '"' || character === "'") {
      literal(endOfString(text, index))
    } else if (character === '`') {
      template(index + 1)
    } else if (character === '/' && REGEX_MAY_FOLLOW.test(recent)) {
      const end = endOfRegex(text, index)
      if (end === null) emit(index + 1)
      else literal(end)
    } else if (character === '}' && templates.at(-1) === depth) {
      templates.pop()
      depth -= 1
      template(index + 1)
    } else {
      if (character === '{') depth += 1
      if (character === '}') depth -= 1
      emit(index + 1)
    }
  }
  return { code: code.join(''), withStrings: withStrings.join(''), comments }
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ')
}

function endOfString(text: string, start: number): number {
  const quote = text[start]
  let at = start + 1
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return Math.min(at + 1, text.length)
}

/** Offset behind a regular expression with its flags; null when the line ends before it does. */
function endOfRegex(text: string, start: number): number | null {
  let inClass = false
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at += 1) {
    const character = text[at]
    if (character === '\\') at += 1
    else if (character === '[') inClass = true
    else if (character === ']') inClass = false
    else if (character === '/' && !inClass) {
      let end = at + 1
      while (/[a-z]/.test(text[end] ?? '')) end += 1
      return end
    }
  }
  return null
}
