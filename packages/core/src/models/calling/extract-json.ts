/** Brackets at which a value is looked for; keeps a long text full of brackets from costing a search each. */
const MAX_STARTS = 32

/**
 * Finds the JSON value in a model's answer: the whole text, the content of a code fence, or the longest object or array
 * within prose.
 * @returns the parsed value, or what is wrong with the text in words for the model
 */
export function extractJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  const trimmed = text.trim()
  if (trimmed === '') return { problem: 'The answer is empty.' }
  const fenced = /^```[a-z]*[^\S\n]*\n([\s\S]*?)\n?```/im.exec(trimmed)?.[1]
  return (
    tryParse(trimmed) ??
    (fenced === undefined ? null : tryParse(fenced.trim())) ??
    longestWithin(trimmed) ?? { problem: 'The answer holds no complete JSON value.' }
  )
}

function tryParse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    // Not JSON; whoever asked tries the next place.
    return null
  }
}

function longestWithin(text: string): { readonly value: unknown } | null {
  let longest: { readonly value: unknown } | null = null
  let length = 0
  let from = 0
  for (let starts = 0; starts < MAX_STARTS; starts += 1) {
    const offset = text.slice(from).search(/[[{]/)
    if (offset === -1) break
    const start = from + offset
    const end = endOfValue(text, start)
    const found = end === -1 ? null : tryParse(text.slice(start, end))
    if (found !== null && end - start > length) {
      longest = found
      length = end - start
    }
    // Brackets that are prose may surround the value, so a failure steps in and not over.
    from = found === null ? start + 1 : end
  }
  return longest
}

/** @returns the place behind the bracket that closes the one at `start`, or -1 */
function endOfValue(text: string, start: number): number {
  let depth = 0
  let isInString = false
  for (let index = start; index < text.length; index += 1) {
    const character = text[index]
    if (isInString) {
      if (character === '\\') index += 1
      else if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      depth -= 1
      if (depth === 0) return index + 1
    }
  }
  return -1
}
