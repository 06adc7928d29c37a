import type { Log } from '../logging/log.ts'

/** Takes runs from the cluster's queue for this node, never more than it has places for. */
export interface RunQueue {
  /** Looks into the queue now instead of at the next time. */
  look(): void
  /** To be called when something was queued. */
  expect(): void
  /**
   * Takes a place for a run that starts past the queue; a look into the queue that is going comes first.
   * @returns what to call once it has started or failed to; null when there is no room
   */
  takePlace(): Promise<(() => void) | null>
  /** To be called when an execution begins; what it returns when it has ended. */
  enter(): () => void
  /** Takes nothing more; resolves when nothing is being taken. */
  stop(): Promise<void>
}

export interface RunQueueSettings {
  /** Runs that this node executes at the same time; 0 takes none. */
  readonly places: number
  /** False while this node must not begin anything. */
  readonly mayTake: () => boolean
  /** Claims runs for this node and dispatches them. @returns how many */
  readonly claim: (atMost: number) => Promise<number>
  readonly log: Log
}

/** What other nodes queue is told by notification; this is for what gets lost, and for runs whose time has come. */
const LOOK_MS = 500

export function createRunQueue({ places, mayTake, claim, log }: RunQueueSettings): RunQueue {
  let executing = 0
  /** Claimed or started, and not executing yet. */
  let arriving = 0
  let mayWait = true
  let isStopped = places === 0
  let looking: Promise<void> | null = null
  let isAskedAgain = false
  const room = () => places - executing - arriving

  const take = async (): Promise<void> => {
    do {
      isAskedAgain = false
      const free = room()
      if (isStopped || free <= 0 || !mayTake()) return
      mayWait = false // what is queued from here on sets it again
      arriving += free
      let taken = free
      try {
        taken = await claim(free)
      } catch (error) {
        log.warn({ error: String(error) }, 'could not take runs from the queue; trying again')
      } finally {
        // dispatched ones have entered by the next turn
        await new Promise((resolve) => setImmediate(resolve))
        arriving -= free
      }
      if (taken >= free) mayWait = true
    } while (isAskedAgain)
  }
  const look = (): void => {
    if (isStopped) return
    if (looking !== null) {
      isAskedAgain = true
      return
    }
    looking = take().finally(() => {
      looking = null
    })
  }
  const timer = setInterval(look, LOOK_MS)
  timer.unref()

  return {
    look,
    expect() {
      mayWait = true
      look()
    },
    async takePlace() {
      // it holds every free place until it knows what it takes
      if (looking !== null) await looking
      // one that has just begun counts twice until the next turn
      if (room() <= 0 && arriving > 0) await new Promise((resolve) => setImmediate(resolve))
      if (isStopped || room() <= 0 || !mayTake()) return null
      arriving += 1
      return () => {
        setImmediate(() => {
          arriving -= 1
          if (mayWait) look()
        })
      }
    },
    enter() {
      executing += 1
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        executing -= 1
        if (mayWait) look()
      }
    },
    async stop() {
      isStopped = true
      clearInterval(timer)
      await looking
    },
  }
}
