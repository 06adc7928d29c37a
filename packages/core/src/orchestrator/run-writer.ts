import type { RunWrite } from '../store/record-run.ts'
import { RunInterruption } from './run-interruption.ts'

/** One thing that happened in a run, without whose run it is. */
export type RunChange = Omit<RunWrite, 'runId' | 'epoch'>

/** Puts what happens in a run into as few commits as it can, in order. */
export interface RunWriter {
  /** Resolves once the change, and everything before it, is durable. @throws what the commit threw */
  write(change: RunChange): Promise<void>
  /** Leaves a write to itself: what it throws is thrown by the next {@link settle}. */
  leave(write: Promise<void>): void
  /** Resolves once everything so far is durable. @throws what a commit threw that nobody waited for */
  settle(): Promise<void>
}

interface Pending {
  readonly change: RunChange
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes a writer. Changes that come in one turn of the event loop, or while a commit is under way, go into one statement:
 * the end of a step, its last call and the start of the next step are one commit and not three.
 * @param commit writes one change in one transaction
 */
export function createRunWriter(commit: (change: RunChange) => Promise<void>): RunWriter {
  let queue: Pending[] = []
  let last: Promise<void> = Promise.resolve()
  let isScheduled = false
  /** The run is no longer ours or cannot be recorded: nothing more may be written. */
  let interruption: RunInterruption | null = null
  /** What the database did not take of a change that nobody waits for. */
  let refused: { readonly error: unknown } | null = null

  const add = (change: RunChange): Promise<void> => {
    if (interruption !== null && !isKept(change, interruption)) return Promise.reject(interruption)
    return new Promise<void>((resolve, reject) => {
      queue.push({ change, resolve, reject })
      if (isScheduled) return
      isScheduled = true
      const before = last
      last = new Promise((done) => setImmediate(() => void before.then(flush).then(done)))
    })
  }
  const flush = async (): Promise<void> => {
    const batch = queue
    queue = []
    isScheduled = false
    if (await commitOne(batch, mergeChanges(batch.map(({ change }) => change)))) return
    // one of them is what the database does not take: the others are written, and the error goes to its own
    for (const pending of batch) await commitOne([pending], pending.change)
  }
  /** @returns false when nothing is decided yet, because one change of several was refused */
  const commitOne = async (batch: readonly Pending[], change: RunChange): Promise<boolean> => {
    try {
      if (interruption !== null && !isKept(change, interruption)) throw interruption
      await commit(change)
      for (const { resolve } of batch) resolve()
    } catch (error) {
      if (error instanceof RunInterruption) interruption = error
      else if (batch.length > 1) return false
      for (const { reject } of batch) reject(error)
    }
    return true
  }

  return {
    write: add,
    leave(write) {
      write.catch((error: unknown) => {
        refused ??= { error }
      })
    },
    async settle() {
      await last
      if (interruption !== null) throw interruption
      const told = refused
      refused = null
      if (told !== null) throw told.error
    },
  }
}

/** A finished call was paid for: it is written once the database is back, whatever else was given up. */
function isKept(change: RunChange, { reason }: RunInterruption): boolean {
  return reason === 'unrecorded' && (change.calls ?? []).length > 0
}

/** Puts changes together as if they had been written one after the other. */
function mergeChanges(changes: readonly RunChange[]): RunChange {
  const [only] = changes
  if (changes.length === 1 && only !== undefined) return only
  const steps = new Map(changes.flatMap((change) => change.steps ?? []).map((step) => [step.id, step]))
  const artifacts = new Map(changes.flatMap((change) => change.artifacts ?? []).map((item) => [item.digest, item]))
  return {
    run: Object.assign({}, ...changes.map((change) => change.run)),
    steps: [...steps.values()],
    calls: changes.flatMap((change) => change.calls ?? []),
    artifacts: [...artifacts.values()],
    packs: changes.flatMap((change) => change.packs ?? []),
    settlements: changes.flatMap((change) => change.settlements ?? []),
    evidence: changes.findLast((change) => change.evidence != null)?.evidence ?? null,
    events: changes.flatMap((change) => change.events),
  }
}
