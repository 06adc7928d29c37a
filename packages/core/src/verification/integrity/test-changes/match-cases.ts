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
  const passes: readonly ((old: PlacedCase, now: PlacedCase) => boolean)[] = [
    (old, now) => pathNow(old.path) === now.path && old.shape.name === now.shape.name,
    (old, now) => old.shape.name === now.shape.name,
    (old, now) => old.shape.body.length > 4 && old.shape.body === now.shape.body,
    (old, now) => old.shape.leaf === now.shape.leaf,
  ]
  let left = [...before]
  for (const isSame of passes) {
    const missing: PlacedCase[] = []
    for (const old of left) {
      const now = [...open].find((candidate) => isSame(old, candidate))
      if (now === undefined) missing.push(old)
      else {
        open.delete(now)
        matched.push({ before: old, after: now })
      }
    }
    left = missing
  }

  const assertionsBefore = countTexts(before.flatMap(({ shape }) => textsOf(shape)))
  const assertionsAfter = countTexts(after.flatMap(({ shape }) => textsOf(shape)))
  const added = [...open]
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
    if (isTabulated(old.shape, added) || isUnrolled(old.shape, added)) continue
    const successor = mostSimilar(old, [...open])
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

function literalsOf(shape: CaseShape): string[] {
  return shape.assertions.flatMap(({ literals }) => literals)
}

/** Its values became a row of a table. */
function isTabulated(old: CaseShape, added: readonly PlacedCase[]): boolean {
  const literals = textsOf(old).flatMap((text) => text.match(LITERAL) ?? [])
  const rows = added.filter(({ shape }) => textsOf(shape).length > 0).flatMap(({ shape }) => shape.rows)
  return literals.length > 0 && rows.some((row) => lostTexts(literals, row.match(LITERAL) ?? []).length === 0)
}

/** Every row of its table became a case of its own. */
function isUnrolled(old: CaseShape, added: readonly PlacedCase[]): boolean {
  const bodies = added.map(({ shape }) => textsOf(shape).flatMap((text) => text.match(LITERAL) ?? []))
  return (
    old.rows.length > 0 &&
    old.rows.every((row) => bodies.some((literals) => lostTexts(row.match(LITERAL) ?? [], literals).length === 0))
  )
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
