import { createHash } from 'node:crypto'

/** After the same change of the files was made so often, the model is told. */
const NOTICE_AT = 2
/** After so often the loop gives up. */
const CYCLING_AT = 4

export interface CycleDetector {
  /**
   * Notes what a file is after a change.
   * @param content null when it is gone
   */
  note(path: string, content: string | null): { readonly notice: string | null; readonly cycling: boolean }
}

/**
 * Finds edits that undo one another: the files that were changed come back to what they were before, and leave it the same
 * way again. Coming back to try something else is none.
 */
export function createCycleDetector(): CycleDetector {
  const files = new Map<string, string>()
  const steps = new Map<string, number>()
  let state = ''
  return {
    note(path, content) {
      files.set(path, content === null ? '' : createHash('sha256').update(content).digest('base64'))
      const before = state
      state = JSON.stringify([...files].sort(([left], [right]) => (left < right ? -1 : 1)))
      const step = `${before}\n${state}`
      const count = (steps.get(step) ?? 0) + 1
      steps.set(step, count)
      const notice = `You made this same change of "${path}" ${count} times, and undid it in between. Do something else, or finish.`
      return { notice: count >= NOTICE_AT ? notice : null, cycling: count >= CYCLING_AT }
    },
  }
}
