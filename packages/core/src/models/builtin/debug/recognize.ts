import { KNOWN_CAUSES } from './causes/index.ts'
import { unknownTestFailure } from './causes/unknown-test-failure.ts'
import { describePlace, findPlace } from './find-place.ts'
import type { Facts, KnownCause, Place, Scene } from './known-cause.ts'
import type { FailedTest, LogText } from './read-logs.ts'
import type { TaskFiles } from './task-files.ts'

/** One recognised line. */
export interface Occurrence {
  readonly cause: KnownCause
  readonly facts: Facts
  readonly scene: Scene
  readonly test: FailedTest | null
}

const MAX_FOLLOWING = 20
/** The output of a test run says again what its failed tests say. */
const TOLD_BY_TESTS = new Set(['assertion', 'other-error'])

/** Recognises known causes in texts, line by line; of a failed test it takes the one that names most. */
export function recognizeCauses(texts: readonly LogText[], files: TaskFiles): readonly Occurrence[] {
  const hasTests = texts.some(({ test }) => test !== null)
  return texts.flatMap((text) => {
    const found = recognizeInText(text, files)
    if (text.test !== null) {
      const best = found.find(({ cause }) => cause.id !== 'other-error') ?? found[0]
      return [best ?? describeUnknown(text, text.test, files)]
    }
    return text.origin === 'output' && hasTests ? found.filter(({ cause }) => !TOLD_BY_TESTS.has(cause.id)) : found
  })
}

function recognizeInText({ lines, test }: LogText, files: TaskFiles): Occurrence[] {
  const matches = lines.map((line, index) => (isShownAlong(line, lines[index + 1] ?? '') ? null : matchLine(line)))
  const isError = (index: number) => matches[index] != null
  return matches.flatMap((match, index) => {
    if (match === null) return []
    const place = pinLine(findPlace(lines, index, isError, files), match.facts, files) ?? placeOfTest(test, files)
    const following = lines.slice(index + 1, index + 1 + MAX_FOLLOWING)
    const scene = { place, where: describePlace(place), log: lines[index] ?? '', following, files }
    return [{ ...match, scene, test }]
  })
}

/** Fields of a printed error, and the source that Node prints above it, say again what its first line says. */
const FIELD =
  /^\s{1,12}(?:code|errno|syscall|address|port|path|dest|hostname|url|requireStack|generatedMessage|operator|throw|new)\b/
const CARET = /^\s{0,2000}\^{1,200}$/

function isShownAlong(line: string, next: string): boolean {
  return FIELD.test(line) || CARET.test(next)
}

function matchLine(line: string): { readonly cause: KnownCause; readonly facts: Facts } | null {
  if (line.trim() === '') return null
  for (const cause of KNOWN_CAUSES) {
    for (const pattern of cause.patterns) {
      const match = pattern.exec(line)
      if (match !== null) return { cause, facts: toFacts(match.groups) }
    }
  }
  return null
}

/** Groups that took no part are undefined, whatever their type says. */
function toFacts(groups: Record<string, string | undefined> | undefined): Facts {
  const facts: Record<string, string> = {}
  for (const [name, value] of Object.entries(groups ?? {})) if (value !== undefined) facts[name] = value
  return facts
}

function describeUnknown({ lines }: LogText, test: FailedTest, files: TaskFiles): Occurrence {
  const log = lines.find((line) => line.trim() !== '') ?? ''
  const place = placeOfTest(test, files)
  return {
    cause: unknownTestFailure,
    facts: { message: log.trim().slice(0, 300) },
    scene: { place, where: describePlace(place), log, following: lines.slice(1, MAX_FOLLOWING), files },
    test,
  }
}

/** The line with the title of a test, when there is exactly one; else its file. */
function placeOfTest(test: FailedTest | null, files: TaskFiles): Place | null {
  if (test === null || test.file === null) return null
  const { name, file } = test
  const path = files.resolve(test.file)
  if (path === null) return null
  const title = name.split(/ > | › /).at(-1) ?? name
  const line = files.findQuoted(path, title)
  const source = line === null ? null : (files.lineAt(path, line)?.trim().slice(0, 300) ?? null)
  return { path, printed: file, line, functionName: null, source, log: '' }
}

/** Where the log names a file alone: the line that has the missing name in quotes, as imports do. */
function pinLine(place: Place | null, { name }: Facts, files: TaskFiles): Place | null {
  if (place === null || place.path === null || place.line !== null || name === undefined) return place
  const line = files.findQuoted(place.path, name)
  if (line === null) return place
  return { ...place, line, source: files.lineAt(place.path, line)?.trim().slice(0, 300) ?? null }
}
