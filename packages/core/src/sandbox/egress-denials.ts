/** Destinations that were refused to one command. */
export interface EgressDenials {
  add(destination: string): void
  /** In the order of their first refusal, each once; a last entry tells how many more there were. */
  list(): readonly string[]
}

const MAX_LISTED = 100
/** Beyond the listed ones destinations are only counted, and only so many, since a hostile program can ask for ever. */
const MAX_COUNTED = 1_000
/** A host name has at most 253 characters, a port six with its colon. */
const MAX_LENGTH = 260

/** Collects refusals in bounded memory. */
export function createEgressDenials(): EgressDenials {
  const known = new Set<string>()
  return {
    add: (destination) => {
      if (known.size < MAX_LISTED + MAX_COUNTED) known.add(destination.slice(0, MAX_LENGTH))
    },
    list: () => {
      const more = known.size - MAX_LISTED
      const listed = [...known].slice(0, MAX_LISTED)
      if (more <= 0) return listed
      return [...listed, more < MAX_COUNTED ? `and ${more} more` : `and ${MAX_COUNTED} or more others`]
    },
  }
}
