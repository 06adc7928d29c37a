/** What an assertion compared, as printed. */
export interface Comparison {
  readonly expected: string
  readonly received: string
}

const MAX_VALUE_CHARACTERS = 200

/** Reads expected and received value out of the lines of an assertion, as jest, vitest, node:assert and others print them. */
export function readComparison(lines: readonly string[]): Comparison | null {
  const labelled = pair(
    find(lines, /^\s{0,20}Expected(?: \w{1,20})?:\s{1,20}(.{1,400})/i),
    find(lines, /^\s{0,20}(?:Received|Actual)(?: \w{1,20})?:\s{1,20}(.{1,400})/i),
  )
  if (labelled !== null) return labelled
  const fields = pair(find(lines, /^\s{1,8}expected: (.{1,400}?),?$/), find(lines, /^\s{1,8}actual: (.{1,400}?),?$/))
  if (fields !== null) return fields
  const expectedIsMinus = lines.some((line) => /^\s{0,8}- Expected/i.test(line))
  const expectedIsPlus = lines.some((line) => /^\+ actual - expected/.test(line))
  if (expectedIsMinus || expectedIsPlus) {
    const minus = find(lines, /^\s{0,8}-\s{1,8}(?!Expected\b)(.{1,400})/i)
    const plus = find(lines, /^\s{0,8}\+\s{1,8}(?!Received\b|actual\b)(.{1,400})/i)
    return pair(minus, plus)
  }
  const got = lines
    .map((line) => /\bgot:? (.{1,200}?)[,;]? want:? (.{1,200})/i.exec(line))
    .find((match) => match !== null)
  return pair(got?.[2] ?? null, got?.[1] ?? null)
}

function find(lines: readonly string[], pattern: RegExp): string | null {
  for (const line of lines) {
    const value = pattern.exec(line)?.[1]
    if (value !== undefined) return value
  }
  return null
}

function pair(expected: string | null, received: string | null): Comparison | null {
  if (expected === null || received === null) return null
  const cut = (value: string) => value.trim().replace(/,$/, '').slice(0, MAX_VALUE_CHARACTERS)
  return { expected: cut(expected), received: cut(received) }
}
