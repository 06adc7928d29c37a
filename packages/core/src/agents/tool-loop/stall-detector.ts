/** After so many equal calls with equal answers the model is told. */
const NOTICE_AT = 3
/** After so many the loop gives up. */
const STALLED_AT = 6

export interface StallDetector {
  /** Notes one call and its answer; `changed` forgets the calls before, since repeating them can now make sense. */
  note(call: string, answer: string, changed: boolean): { readonly notice: string | null; readonly stalled: boolean }
}

/** Finds models that repeat the same call and get the same answer without changing anything in between. */
export function createStallDetector(): StallDetector {
  const counts = new Map<string, number>()
  return {
    note(call, answer, changed) {
      if (changed) {
        counts.clear()
        return { notice: null, stalled: false }
      }
      const key = `${call}\n${answer}`
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      const notice = `You made this same call ${count} times with the same answer. Do something else, or finish.`
      return { notice: count >= NOTICE_AT ? notice : null, stalled: count >= STALLED_AT }
    },
  }
}
