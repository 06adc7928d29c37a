/** How often each text occurs. */
export function countTexts(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

/** What is in `before` more often than in `after`. */
export function lostTexts(before: Iterable<string>, after: Iterable<string>): string[] {
  const left = countTexts(after)
  const lost: string[] = []
  for (const text of before) {
    const count = left.get(text) ?? 0
    if (count > 0) left.set(text, count - 1)
    else lost.push(text)
  }
  return lost
}
