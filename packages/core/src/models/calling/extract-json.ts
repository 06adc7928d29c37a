/**
 * Finds the JSON value in a model's answer: the whole text, the content of a code fence, or the first object or array
 * within prose.
 * @returns the parsed value, or what is wrong with the text in words for the model
 */
export function extractJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  const trimmed = text.trim()
  if (trimmed === '') return { problem: 'The answer is empty.' }
  const whole = tryParse(trimmed)
  if (whole !== null) return whole
  const fenced = /^```[a-z]*\s*\n([\s\S]*?)\n?```/im.exec(trimmed)?.[1]
  const inFence = fenced === undefined ? null : tryParse(fenced.trim())
  if (inFence !== null) return inFence
  for (const start of bracketPositions(trimmed)) {
    const end = endOfValue(trimmed, start)
    const inside = end === -1 ? null : tryParse(trimmed.slice(start, end))
    if (inside !== null) return inside
  }
  return { problem: 'The answer holds no complete JSON value.' }
}

function tryParse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    // Not JSON; whoever asked tries the next place.
    return null
  }
}

/** The outermost brackets' places; bounded, so that a long text full of brackets does not cost a search each. */
function bracketPositions(text: string): readonly number[] {
  const positions: number[] = []
  for (let index = text.search(/[[{]/); index !== -1 && positions.length < 16; ) {
    positions.push(index)
    const end = endOfValue(text, index)
    const next = text.slice(end === -1 ? index + 1 : end).search(/[[{]/)
    index = next === -1 ? -1 : next + (end === -1 ? index + 1 : end)
  }
  return positions
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
