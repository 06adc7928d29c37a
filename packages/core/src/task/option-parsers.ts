import { findPathProblem, type GivenFile, normalizeGivenFiles, normalizePath } from './given-files.ts'

/** Reads one option; problems go to `report` as the end of a sentence that starts with the option's name. */
export type OptionParser<Value> = (value: unknown, report: (problem: string) => void) => Value | undefined

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** Trims; an empty text counts as not given. */
export const parseText: OptionParser<string> = (value, report) => {
  if (typeof value !== 'string') return void report(`must be a string, not ${shown(value)}`)
  return value.trim() === '' ? undefined : value.trim()
}

function parseEntries(split: (text: string) => string[]): OptionParser<readonly string[]> {
  return (value, report) => {
    const texts: unknown[] = Array.isArray(value) ? value : [value]
    const wrong = texts.find((text) => typeof text !== 'string')
    if (wrong !== undefined) return void report(`must be a string or a list of strings, not ${shown(wrong)}`)
    const entries = texts.flatMap((text) => (typeof text === 'string' ? split(text) : []))
    return entries.length > 0 ? [...new Set(entries)] : undefined
  }
}

const trimmed = (parts: string[]) => parts.map((part) => part.trim()).filter((part) => part !== '')

/** `"security,performance"`, lines or a list -> words, each once. */
export const parseList = parseEntries((text) => trimmed(text.split(/[,;\n]/)))

/** Sentences, one a line or list entry; bullets are taken off. Commas stay, they belong to the sentence. */
export const parseStatements = parseEntries((text) =>
  trimmed(text.split('\n').map((line) => line.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, ''))),
)

/** Text or list -> lines in order, repeated ones kept; blank lines at the ends are taken off. */
export const parseLines: OptionParser<readonly string[]> = (value, report) => {
  const texts: unknown[] = Array.isArray(value) ? value : [value]
  const wrong = texts.find((text) => typeof text !== 'string')
  if (wrong !== undefined) return void report(`must be a string or a list of strings, not ${shown(wrong)}`)
  const lines = texts.join('\n').split(/\r?\n/)
  while (lines.length > 0 && lines[0]?.trim() === '') lines.shift()
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop()
  return lines.length > 0 ? lines : undefined
}

/** Paths, folders and globs relative to the repository. */
export const parsePathPatterns: OptionParser<readonly string[]> = (value, report) => {
  const patterns = parseList(value, report)?.map(normalizePath)
  for (const pattern of patterns ?? []) {
    const problem = findPathProblem(pattern)
    if (problem !== null) report(`path "${pattern.slice(0, 200)}" ${problem}`)
  }
  return patterns
}

export const parseFiles: OptionParser<readonly GivenFile[]> = (value, report) => {
  const files = normalizeGivenFiles(value, report)
  return files.length > 0 ? files : undefined
}

/** Whole numbers, also as text. */
export function parseInteger(minimum: number, maximum: number): OptionParser<number> {
  return (value, report) => {
    const number = typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value
    if (typeof number === 'number' && Number.isInteger(number) && number >= minimum && number <= maximum) return number
    return void report(`must be a whole number from ${minimum} to ${maximum}, not ${shown(value)}`)
  }
}

export const parseBoolean: OptionParser<boolean> = (value, report) => {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value.trim().toLowerCase() : ''
  if (text === 'true') return true
  if (text === 'false') return false
  return void report(`must be true or false, not ${shown(value)}`)
}

/** One of a few words, in any case. */
export function parseWord<Word extends string>(words: readonly Word[]): OptionParser<Word> {
  return (value, report) => {
    const text = typeof value === 'string' ? value.trim().toLowerCase() : ''
    return words.find((word) => word === text) ?? void report(`must be one of ${words.join(', ')}, not ${shown(value)}`)
  }
}

export const parseTextMap: OptionParser<Readonly<Record<string, string>>> = (value, report) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return void report(`must be an object of strings, not ${shown(value)}`)
  }
  const entries: [string, string][] = []
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === 'string' && text.trim() !== '') entries.push([key, text.trim()])
    else report(`needs a string for "${key.slice(0, 64)}", not ${shown(text)}`)
  }
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}
