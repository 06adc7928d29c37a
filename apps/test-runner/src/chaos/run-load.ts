import { setTimeout as delay } from 'node:timers/promises'
import type { Script } from '../model/scripted-model.ts'
import type { Boundary } from './boundaries.ts'
import { createRandom } from './random.ts'
import { type DrivenRun, driveRun } from './workload/drive-run.ts'
import type { PlannedRun } from './workload/plan-workload.ts'
import { createRunQueue } from './workload/run-queue.ts'

/** Asks for runs at a pace that leaves some for every fault. */
export interface Load {
  /** Runs that have come to their end, or that their clients gave up. */
  readonly driven: readonly DrivenRun[]
  /** Runs that are not over yet, with those that belong to them. */
  going(): number
  /** Asks for one that comes by a boundary, now. */
  submitFor(boundary: Boundary): void
  /** Resolves when every run has ended. */
  readonly ended: Promise<void>
}

/** Runs at the same time, besides those that the progress of the faults allows. */
const MAX_SLACK = 40
const MIN_SLACK = 4
const SLACK_SHARE = 0.2
/** So few runs that a node has room. */
const MAX_IDLE = 3
const POLL_MS = 50

export function startLoad(settings: {
  /** Runs that are planned; those that faults provoke beyond them come on top. */
  readonly count: number
  readonly seed: number
  /** Where webhooks are told. */
  readonly hookUrl: string
  readonly urls: readonly string[]
  readonly deadline: number
  /** Share of the faults that are done: 0 to 1. */
  readonly progress: () => number
  readonly addScript: (key: string, script: Script) => void
}): Load {
  const { count, seed, progress } = settings
  const random = createRandom(seed + 2)
  const queue = createRunQueue(count, seed, settings.hookUrl)
  const slack = Math.min(MAX_SLACK, Math.max(MIN_SLACK, Math.round(count * SLACK_SHARE)))
  const driven: DrivenRun[] = []
  const going = new Set<Promise<void>>()
  const submit = (run: PlannedRun): void => {
    settings.addScript(run.key, run.script)
    const work = driveRun(run, { ...settings, random: createRandom(random.between(0, 2 ** 31)) }).then((seen) => {
      driven.push(...seen)
      going.delete(work)
    })
    going.add(work)
  }
  const allowed = () => slack + progress() * (count - slack)
  const submitAll = async (): Promise<void> => {
    while (queue.left() > 0) {
      const isTurn = count - queue.left() < allowed() && going.size < MAX_SLACK
      const run = isTurn ? queue.next() : undefined
      if (run === undefined) await delay(POLL_MS)
      else submit(run)
    }
    while (going.size > 0 || progress() < 1) {
      await Promise.all(going)
      await delay(POLL_MS)
    }
  }
  return {
    driven,
    going: () => going.size,
    submitFor(boundary) {
      if (boundary.name.startsWith('begin.') && going.size >= MAX_IDLE) return // nothing begins past a queue
      const run = queue.takeFor(boundary)
      if (run !== undefined) submit(run)
    },
    ended: submitAll(),
  }
}
