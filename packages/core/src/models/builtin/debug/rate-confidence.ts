/** What speaks for a hypothesis. */
export interface Support {
  /** How much the wording of the line alone tells, 0..1. */
  readonly weight: number
  /** The stack leads into a file of the task. */
  readonly hasPlace: boolean
  /** The source line there shows what the log says. */
  readonly isSeen: boolean
  /** It was logged more than once. */
  readonly isRepeated: boolean
}

/** Rules know patterns; the rest belongs to what they cannot see. */
const MAX_CONFIDENCE = 0.95

/** weight + 0.15 for a place in a known file + 0.1 when the source line agrees + 0.05 when repeated, at most 0.95. */
export function rateConfidence({ weight, hasPlace, isSeen, isRepeated }: Support): number {
  const sum = weight + (hasPlace ? 0.15 : 0) + (isSeen ? 0.1 : 0) + (isRepeated ? 0.05 : 0)
  return Math.round(Math.min(MAX_CONFIDENCE, sum) * 100) / 100
}
