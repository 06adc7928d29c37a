import type { z } from 'zod'

/** Characters of a tool's own words that go into a finding. */
const MAX_WORDS = 400

/**
 * Reads JSON that a tool printed.
 * @throws Error naming what is wrong, without what was printed
 */
export function parseOutput<Schema extends z.ZodType>(schema: Schema, stdout: string): z.infer<Schema> {
  let value: unknown
  try {
    value = JSON.parse(stdout)
  } catch (cause) {
    throw new Error(stdout.trim() === '' ? 'it printed nothing' : 'it did not print JSON', { cause })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`its report has an unexpected form at ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? ''}`)
}

/** A path as tools print it, relative to the tree; null when it leads elsewhere. */
export function treePath(path: string): string | null {
  const plain = path.replace(/^\.\//, '')
  const isInside = plain !== '' && !plain.startsWith('/') && !plain.split('/').includes('..')
  return isInside ? plain : null
}

/** A tool's own words, shortened and in one line. */
export function quoteWords(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= MAX_WORDS ? line : `${line.slice(0, MAX_WORDS)}…`
}
