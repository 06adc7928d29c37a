import type { Place } from '../known-cause.ts'

/** The source line as the end of a hypothesis. */
export function quoteSource(place: Place | null): string {
  return place?.source == null ? '' : ` The line reads: ${place.source}`
}
