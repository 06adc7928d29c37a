import type { RunWrite } from '../store/record-run.ts'
import { RunInterruption } from './run-interruption.ts'

/** One thing that happened in a run, without whose run it is. */
export type RunChange = Omit<RunWrite, 'runId' | 'epoch'>

/** Puts what happens in a run into as few commits as it can, in order. */
export interface RunWriter {
  /** Resolves once the change, and everything before it, is durable. @throws what the commit threw */
  write(change: RunChange): Promise<void>
  /**
   * Like {@link write}, in one commit with what was recorded before it, and only if all of that is stored: the end of a run
   * tells of nothing that could not be. @throws also what a commit threw that nobody waited for
   */
  conclude(change: RunChange): Promise<void>
  /**
   * Writes without anybody waiting for it; what it throws is thrown by the next {@link settle} or {@link settlePaid}. A
   * change without calls waits some milliseconds for others to go with.
   */
  record(change: RunChange): Promise<void>
  /** Resolves once everything so far is durable. @throws what a commit threw that nobody waited for */
  settle(): Promise<void>
  /** Resolves once every finished call so far is durable: what was paid for. @throws as {@link settle} */
  settlePaid(): Promise<void>
}

interface Pending {
  readonly change: RunChange
  /** Not written when anything before it was refused. */
  readonly isConclusion: boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** That a step began is told this late at most; a call that takes less brings its result along. */
const PATIENCE_MS = 20

/**
 * Makes a writer. Changes that come in one turn of the event loop, or while a commit is under way, go into one statement:
 * the end of a step, its last call and the start of the next step are one commit and not three.
 * @param commit writes one change in one transaction
 */
export function createRunWriter(commit: (change: RunChange) => Promise<void>): RunWriter {
  let queue: Pending[] = []
  let last: Promise<void> = Promise.resolve()
  /** Lets the next commit begin without more patience; null when none is planned. */
  let hurry: (() => void) | null = null
  /** Changes with finished calls that are not durable yet. */
  let paid = 0
  /** The run is no longer ours or cannot be recorded: nothing more may be written. */
  let interruption: RunInterruption | null = null
  /** What the database did not take of a change that nobody waits for. */
  let refused: { readonly error: unknown } | null = null

  const add = (change: RunChange, { isPatient = false, isConclusion = false } = {}): Promise<void> => {
    if (interruption !== null && !isKept(change, interruption)) return Promise.reject(interruption)
    const isPaid = (change.calls ?? []).length > 0
    if (isPaid) paid += 1
    const written = new Promise<void>((resolve, reject) => {
      queue.push({ change, isConclusion, resolve, reject })
      hurry ??= planCommit()
      if (!isPatient) hurry()
    })
    return isPaid ? written.finally(() => (paid -= 1)) : written
  }
  const planCommit = (): (() => void) => {
    const turn = Promise.withResolvers<void>()
    const timer = setTimeout(turn.resolve, PATIENCE_MS)
    const before = last
    last = turn.promise.then(() => before).then(flush)
    let isHurried = false
    return () => {
      if (isHurried) return
      isHurried = true
      clearTimeout(timer)
      setImmediate(turn.resolve)
    }
  }
  const flush = async (): Promise<void> => {
    const batch = queue
    queue = []
    hurry = null
    let problem = batch.some(({ isConclusion }) => isConclusion) ? refused : null
    if (problem === null) {
      const refusal = await tryCommit(mergeChanges(batch.map(({ change }) => change)))
      if (refusal === null || batch.length === 1 || refusal.error instanceof RunInterruption) {
        for (const { resolve, reject } of batch) refusal === null ? resolve() : reject(refusal.error)
        return
      }
    }
    // one of them is what the database does not take: the others are written, and the error goes to its own
    for (const { change, isConclusion, resolve, reject } of batch) {
      const refusal = isConclusion && problem !== null ? problem : await tryCommit(change)
      problem ??= refusal
      if (refusal === null) resolve()
      else reject(refusal.error)
    }
  }
  const tryCommit = async (change: RunChange): Promise<{ readonly error: unknown } | null> => {
    try {
      if (interruption !== null && !isKept(change, interruption)) throw interruption
      await commit(change)
      return null
    } catch (error) {
      if (error instanceof RunInterruption) interruption = error
      return { error }
    }
  }
  const throwWhatFailed = (): void => {
    if (interruption !== null) throw interruption
    const told = refused
    refused = null
    if (told !== null) throw told.error
  }
  const settle = async (): Promise<void> => {
    hurry?.()
    await last
    throwWhatFailed()
  }

  return {
    write: (change) => add(change),
    conclude: (change) => add(change, { isConclusion: true }),
    record(change) {
      const written = add(change, { isPatient: (change.calls ?? []).length === 0 })
      written.catch((error: unknown) => {
        refused ??= { error }
      })
      return written
    },
    settle,
    async settlePaid() {
      if (paid > 0) await settle()
      else throwWhatFailed()
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
