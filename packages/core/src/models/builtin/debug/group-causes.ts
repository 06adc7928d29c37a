import type { FoundCause, RootCause } from './found-cause.ts'
import { rateConfidence } from './rate-confidence.ts'
import type { Occurrence } from './recognize.ts'

const MAX_EVIDENCE = 8
const MAX_TEST_NAMES = 5

/** Puts equal causes (same kind, same details, same place) together; one without a place joins its like. */
export function groupCauses(occurrences: readonly Occurrence[]): readonly FoundCause[] {
  const kinds = Map.groupBy(occurrences, ({ cause, facts }) => JSON.stringify([cause.id, facts]))
  return [...kinds.values()].flatMap((alike) => {
    const groups = [...Map.groupBy(alike, placeKey).entries()]
    const placed = groups.filter(([key]) => key !== '').map(([, group]) => group)
    const unplaced = groups.find(([key]) => key === '')?.[1] ?? []
    const [first, ...others] = placed
    return [[...(first ?? []), ...unplaced], ...others].map(describeGroup)
  })
}

function placeKey({ scene: { place } }: Occurrence): string {
  return place === null ? '' : `${place.path ?? place.printed}:${place.line ?? ''}`
}

function describeGroup(group: readonly Occurrence[]): FoundCause {
  const [occurrence] = group
  if (occurrence === undefined) throw new RangeError('a group of causes holds at least one occurrence')
  const { cause, facts, scene } = occurrence
  const source = scene.place?.source ?? null
  const logged = group.filter(({ test }) => test === null).length
  const confidence = rateConfidence({
    weight: cause.weight,
    hasPlace: scene.place !== null && scene.place.path !== null,
    isSeen: source !== null && cause.isSeenIn?.(facts, source) === true,
    isRepeated: group.length > 1,
  })
  return {
    hypothesis: [nameTests(group), cause.explain(facts, scene), logged > 1 ? `It is logged ${logged} times.` : '']
      .filter((sentence) => sentence !== '')
      .join(' '),
    confidence,
    evidence: collectEvidence(group),
    topics: cause.topics,
    monitoring: cause.monitoring,
    suggestion: cause.suggest?.(facts, scene) ?? null,
  }
}

function nameTests(group: readonly Occurrence[]): string {
  const names = [...new Set(group.flatMap(({ test }) => (test === null ? [] : [`"${test.name}"`])))]
  if (names.length === 0) return ''
  const shown = names.slice(0, MAX_TEST_NAMES).join(', ')
  const more = names.length > MAX_TEST_NAMES ? ` and ${names.length - MAX_TEST_NAMES} more` : ''
  return names.length === 1 ? `The test ${shown} fails.` : `The tests ${shown}${more} fail.`
}

/** The line of the log with the place, then the line that names the place; each pair once. */
function collectEvidence(group: readonly Occurrence[]): RootCause['evidence'] {
  const evidence = new Map<string, RootCause['evidence'][number]>()
  for (const { scene } of group) {
    const path = scene.place?.path ?? null
    const line = path === null ? null : (scene.place?.line ?? null)
    for (const log of [scene.log, scene.place?.log ?? '']) {
      if (log === '' && evidence.size > 0) continue
      evidence.set(JSON.stringify([path, line, log]), { path, line, log })
    }
    if (evidence.size >= MAX_EVIDENCE) break
  }
  return [...evidence.values()].slice(0, MAX_EVIDENCE)
}
