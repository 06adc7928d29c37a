import type { Boundary } from '../boundaries.ts'
import { createRandom } from '../random.ts'
import { MAX_PRIORITY, type PlannedRun, planRun, planWorkload } from './plan-workload.ts'
import { RUN_KINDS } from './run-kinds.ts'

/** The runs that have not been asked for yet. */
export interface RunQueue {
  /** The next one in order. */
  next(): PlannedRun | undefined
  /** One that comes by a boundary, out of its turn; one more than was planned when none is left. */
  takeFor(boundary: Boundary): PlannedRun | undefined
  left(): number
}

/** Kinds that come by boundaries which not every run comes by. */
const KINDS_FOR: readonly (readonly [RegExp, string])[] = [
  [/^command\./, 'commands'],
  [/^verification\./, 'verified'],
  [/^(wait|resume)\./, 'budget'],
  [/^(commit|worktree|cancel)\./, 'four agents'],
  [/^(queue|take|claim)\./, 'put off'],
]
const ANY_KIND = 'short'

export function createRunQueue(count: number, seed: number, hookUrl: string): RunQueue {
  const random = createRandom(seed)
  const queue = [...planWorkload(count, seed, hookUrl, random)]
  let extra = 0
  return {
    next: () => queue.shift(),
    left: () => queue.length,
    takeFor(boundary) {
      const run = find(boundary)
      // it need not wait for the others
      return run === undefined ? undefined : { ...run, input: { ...run.input, priority: MAX_PRIORITY } }
    },
  }

  function find({ name }: Boundary): PlannedRun | undefined {
    const wanted = KINDS_FOR.find(([pattern]) => pattern.test(name))?.[1] ?? ANY_KIND
    const index = queue.findIndex(({ kind }) => kind === wanted)
    if (index >= 0) return queue.splice(index, 1)[0]
    const kind = RUN_KINDS.find((candidate) => candidate.name === wanted)
    return kind === undefined ? undefined : planRun(`${seed}-extra-${++extra}`, kind, hookUrl, random)
  }
}
