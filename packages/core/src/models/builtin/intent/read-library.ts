import { LIBRARY_FUNCTIONS } from '../blocks/library/catalogue.ts'
import type { LibraryFunction } from '../blocks/library/library-function.ts'
import type { LibraryPlan } from '../plan/project-plan.ts'
import type { PromptText } from './prompt-text.ts'

/** Names and phrases of all functions, the longest first, so that "greatest common divisor" goes before its parts. */
const NAMES: readonly (readonly [phrase: string, entry: LibraryFunction])[] = LIBRARY_FUNCTIONS.flatMap((entry) =>
  [entry.name, splitName(entry.name), ...entry.phrases].map((phrase) => [phrase, entry] as const),
).sort(([a], [b]) => b.length - a.length)

function splitName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

const LIBRARY_KIND =
  /\b(?:npm\s+|utility\s+|helper\s+|pure\s+|string\s+|array\s+|math\s+|text\s+|list\s+|number\s+|object\s+|collection\s+)*(?:library|libraries|functions?|utilit(?:y|ies)|utils?|helpers?|packages?|modules?)\b/
/** What the functions are about, and promises that all of them keep. */
const ALWAYS: readonly RegExp[] = [
  /\b(?:pure|named|well-known|typed|types?|type\s+definitions|jsdoc|tsdoc|side[- ]effect[- ]free|immutable|exported|exports?)\b/,
  /\b(?:strings?|arrays?|numbers?|maths?|mathematics|mathematical|texts?|lists?|objects?|collections?|statistics|statistical|manipulation|operations?|algorithms?|values?|utils?)\b/,
  /\b(?:that|which|to)?\s*(?:comput(?:e|es|ing)|calculat(?:e|es|ing)|check(?:s|ing)?|determin(?:e|es|ing)|tell(?:s)?|find(?:s|ing)?|convert(?:s|ing)?|detect(?:s|ing)?)\b/,
  /\b(?:invalid|edge)\s+(?:inputs?|cases?)\b/,
]

export function mentionsLibrary(text: PromptText): boolean {
  const current = text.current()
  if (/\b(?:library|functions?|utilit(?:y|ies)|utils?|helpers?|package|module)\b/i.test(current)) return true
  return NAMES.some(([phrase]) => phrase.length >= MIN_TELLING && phrasePattern(phrase).test(current))
}

/** Characters from which on a name alone tells that a function is meant; shorter ones are everyday words. */
const MIN_TELLING = 8

function phrasePattern(phrase: string): RegExp {
  const words = phrase.split(/[\s-]+/).map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(
    `(?:\\b(?:an?|the|nth)\\s+)*(?<![\\w-])${words.join('[\\s-]+')}(?:\\(\\))?(?:\\s+functions?)?(?![\\w-])`,
    'i',
  )
}

/** Takes the functions of a library out of a text. */
export function readLibrary(text: PromptText): LibraryPlan {
  const found = new Set<string>()
  for (const [phrase, entry] of NAMES) {
    if (text.takeAll(phrasePattern(phrase)).length > 0) found.add(entry.name)
  }
  text.takeAll(LIBRARY_KIND)
  for (const pattern of ALWAYS) text.takeAll(pattern)
  return {
    kind: 'library',
    functions: LIBRARY_FUNCTIONS.filter((entry) => found.has(entry.name)).map((entry) => entry.name),
  }
}
