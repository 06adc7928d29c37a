import type { Turn } from './scripted-model.ts'

/**
 * Holds the first call at each place until it is released.
 * @param places agent and turn, such as "Code 1"
 */
export function holdOnce(places: readonly string[]) {
  const gates = new Map(
    places.map((place) => [place, { asked: Promise.withResolvers<void>(), goOn: Promise.withResolvers<void>() }]),
  )
  const seen = new Set<string>()
  return {
    async before({ agent, turn }: Turn): Promise<void> {
      const place = `${agent} ${turn}`
      const gate = gates.get(place)
      if (gate === undefined || seen.has(place)) return
      seen.add(place)
      gate.asked.resolve()
      await gate.goOn.promise
    },
    asked: (place: string) => gates.get(place)?.asked.promise,
    release: (place: string) => gates.get(place)?.goOn.resolve(),
  }
}
