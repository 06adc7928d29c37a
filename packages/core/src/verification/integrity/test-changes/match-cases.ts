import type { CaseShape } from '../shapes/test-shape.ts'
import { countTexts, lostTexts } from './counts.ts'

/** A case and the file it stands in. */
export interface PlacedCase {
  readonly path: string
  readonly shape: CaseShape
}

export interface MatchedCase {
  readonly before: PlacedCase
  readonly after: PlacedCase
}

export interface CaseMatches {
  readonly matched: readonly MatchedCase[]
  /** Gone, and nothing says the same. */
  readonly removed: readonly PlacedCase[]
  /** Gone by name, but something much like it appeared. */
  readonly rewritten: readonly MatchedCase[]
  readonly added: readonly PlacedCase[]
}

const LITERAL = /"(?:[^"\\]|\\.)*"|(?<![\w.])-?\d[\d_.]*\b/g
const MIN_SIMILARITY = 0.5
const MAX_COMPARISONS = 20_000

/**
 * Finds out what became of every case of a change: kept, moved to another file or suite, renamed, merged, split, turned
 * into rows of a table, rewritten or removed.
 * @param renamed former path to new path of renamed files
 */
export function matchCases(
  before: readonly PlacedCase[],
  after: readonly PlacedCase[],
  renamed: ReadonlyMap<string, string>,
): CaseMatches {
  const open = new Set(after)
  const matched: MatchedCase[] = []
  const pathNow = (path: string): string => renamed.get(path) ?? path
  // each pass by a key of its own, from the surest to the least
  const passes: readonly ((found: PlacedCase, path: string) => string | null)[] = [
    ({ shape }, path) => `${path}\0${shape.name}`,
    ({ shape }) => shape.name,
    ({ shape }) => (shape.body.length > 4 ? shape.body : null),
    ({ shape }) => shape.leaf,
  ]
  let left = [...before]
  for (const keyOf of passes) {
    const waiting = new Map<string, PlacedCase[]>()
    for (const now of open) {
      const key = keyOf(now, now.path)
      if (key !== null) pushTo(waiting, key, now)
    }
    for (const queue of waiting.values()) queue.reverse()
    const missing: PlacedCase[] = []
    for (const old of left) {
      const key = keyOf(old, pathNow(old.path))
      const now = key === null ? undefined : waiting.get(key)?.pop()
      if (now === undefined) missing.push(old)
      else {
        open.delete(now)
        matched.push({ before: old, after: now })
      }
    }
    left = missing
  }

  const assertionsBefore = countTexts(before.flatMap(({ shape }) => executedTexts(shape)))
  const assertionsAfter = countTexts(after.flatMap(({ shape }) => executedTexts(shape)))
  const added = [...open]
  const rowLiterals = added
    .filter(({ shape }) => executedTexts(shape).length > 0)
    .flatMap(({ shape }) => shape.rows.map(literalsIn))
  const bodyLiterals = added.map(({ shape }) => executedTexts(shape).flatMap(literalsIn))
  // a change of tests by the thousand is judged by names and assertions alone
  const isComparable = left.length * added.length <= MAX_COMPARISONS
  const removed: PlacedCase[] = []
  const rewritten: MatchedCase[] = []
  for (const old of left) {
    const texts = textsOf(old.shape)
    // merged into another case, or split over several: everything it asserts is still asserted as often
    if (
      texts.length > 0 &&
      texts.every((text) => (assertionsAfter.get(text) ?? 0) >= (assertionsBefore.get(text) ?? 0))
    )
      continue
    if (isComparable && (isTabulated(old.shape, rowLiterals) || isUnrolled(old.shape, bodyLiterals))) continue
    const successor = isComparable ? mostSimilar(old, [...open]) : null
    if (successor === null) removed.push(old)
    else {
      open.delete(successor)
      const isSame = lostTexts(literalsOf(old.shape), literalsOf(successor.shape)).length === 0
      ;(isSame ? matched : rewritten).push({ before: old, after: successor })
    }
  }
  return { matched, removed, rewritten, added }
}

/** Texts of the assertions that can fail. */
export function textsOf(shape: CaseShape): string[] {
  return shape.assertions.filter(({ isTrivial }) => !isTrivial).map(({ text }) => text)
}

/** The same of a case that runs; one that is switched off asserts nothing. */
export function executedTexts(shape: CaseShape): string[] {
  return shape.disabled === null ? textsOf(shape) : []
}

function literalsOf(shape: CaseShape): string[] {
  return shape.assertions.flatMap(({ literals }) => literals)
}

function literalsIn(text: string): string[] {
  return text.slice(0, 2_000).match(LITERAL) ?? []
}

/** Its values became a row of a table. */
function isTabulated(old: CaseShape, rows: readonly (readonly string[])[]): boolean {
  const literals = textsOf(old).flatMap(literalsIn)
  return literals.length > 0 && rows.some((row) => lostTexts(literals, row).length === 0)
}

/** Every row of its table became a case of its own. */
function isUnrolled(old: CaseShape, bodies: readonly (readonly string[])[]): boolean {
  const rows = old.rows.slice(0, 100).map(literalsIn)
  return rows.length > 0 && rows.every((row) => bodies.some((literals) => lostTexts(row, literals).length === 0))
}

function pushTo(queues: Map<string, PlacedCase[]>, key: string, found: PlacedCase): void {
  const queue = queues.get(key)
  if (queue === undefined) queues.set(key, [found])
  else queue.push(found)
}

/** A new case that asserts as much in about the same words. */
function mostSimilar(old: PlacedCase, candidates: readonly PlacedCase[]): PlacedCase | null {
  const words = wordsOf(old.shape)
  let best: PlacedCase | null = null
  let bestSimilarity = MIN_SIMILARITY
  for (const candidate of candidates) {
    if (textsOf(candidate.shape).length < textsOf(old.shape).length) continue
    const similarity = jaccard(words, wordsOf(candidate.shape))
    if (similarity >= bestSimilarity) {
      best = candidate
      bestSimilarity = similarity
    }
  }
  return best
}

function wordsOf({ body, leaf }: CaseShape): Set<string> {
  return new Set([...(body.match(/[A-Za-z_]\w+/g) ?? []), ...(leaf.toLowerCase().match(/\w{3,}/g) ?? [])])
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((word) => b.has(word)).length
  const all = a.size + b.size - common
  return all === 0 ? 0 : common / all
}
