import { setTimeout as delay } from 'node:timers/promises'
import { createRestTransport } from '../../transports/rest-transport.ts'
import { createSdkTransport } from '../../transports/sdk-transport.ts'
import type { Transport } from '../../transports/transport.ts'
import type { Random } from '../random.ts'
import type { PlannedRun } from './plan-workload.ts'

/** What the clients of one run saw. */
export interface DrivenRun {
  readonly key: string
  readonly kind: string
  /** Every id that an answer gave for its key; more than one is a run that was started twice. */
  readonly runIds: ReadonlySet<string>
  /** Numbers of the events in the order in which the watcher got them. */
  readonly watched: readonly number[]
  readonly isCancelAsked: boolean
  /** Whether the watcher saw the terminal event. */
  readonly isEndSeen: boolean
  /** Connections that the watcher needed. */
  readonly connections: number
  readonly linesOnce: readonly string[]
  /** What kept it from being accepted or watched to its end; null when all went well. */
  readonly problem: string | null
}

export interface DriveSettings {
  /** Where the nodes are; any of them may be down. */
  readonly urls: readonly string[]
  readonly random: Random
  /** Nobody waits longer than until then. Milliseconds since 1970. */
  readonly deadline: number
}

const RETRY_MS = 200
const CALL_TIMEOUT_MS = 15_000
const TERMINAL: ReadonlySet<string> = new Set(['run.completed', 'run.failed', 'run.cancelled'])

/** Asks for a run at any node, again at others until one answers, and watches it to its end from yet another one. */
export async function driveRun(planned: PlannedRun, settings: DriveSettings): Promise<DrivenRun> {
  const runIds = new Set<string>()
  const watched: number[] = []
  let connections = 0
  let isEndSeen = false
  let problem: string | null = null
  const cancelled = new AbortController()
  const resuming: Promise<void>[] = []
  const anyNode = (): Transport => {
    const connect = planned.transport === 'sdk' ? createSdkTransport : createRestTransport
    return connect(settings.random.pick(settings.urls))
  }
  try {
    const start = () => anyNode().start(planned.input, { idempotencyKey: planned.key })
    const runId = await persist(start, settings.deadline)
    runIds.add(runId)
    // a client that did not hear the first answer asks again: the same run, also at another node
    if (settings.random.next() < 0.2) runIds.add(await persist(start, settings.deadline))
    const cancelling = planned.cancelAfterMs === null ? null : cancelLater(runId, planned.cancelAfterMs)
    await watch(runId)
    await cancelling
    await Promise.all(resuming)
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error)
  } finally {
    cancelled.abort()
  }
  return {
    key: planned.key,
    kind: planned.kind,
    runIds,
    watched,
    isCancelAsked: planned.cancelAfterMs !== null,
    isEndSeen,
    connections,
    linesOnce: planned.linesOnce,
    problem,
  }

  async function cancelLater(runId: string, afterMs: number): Promise<void> {
    await delay(afterMs, undefined, { signal: cancelled.signal }).catch(() => {}) // over meanwhile
    if (!cancelled.signal.aborted) await persist(() => anyNode().cancel(runId), settings.deadline)
  }

  /** A resume whose answer was lost may have been heard: only one that still waits is resumed again. */
  async function resumeWaiting(runId: string): Promise<void> {
    const { resumeWith } = planned
    if (resumeWith === null) return
    const resume = async () => {
      const node = anyNode()
      if ((await node.get(runId)).status === 'waiting') await node.resume(runId, resumeWith)
    }
    await persist(resume, settings.deadline).catch(() => {}) // the watcher tells that it does not end
  }

  async function watch(runId: string): Promise<void> {
    while (!isEndSeen) {
      if (Date.now() > settings.deadline) throw new Error(`run ${runId} did not end in time`)
      connections += 1
      try {
        for await (const event of withIdleLimit(anyNode().events(runId, watched.at(-1) ?? 0), settings.deadline)) {
          watched.push(event.seq)
          isEndSeen ||= TERMINAL.has(event.type)
          if (event.type === 'run.waiting') resuming.push(resumeWaiting(runId))
        }
      } catch {
        // its node is down: the next one is asked for what comes after
      }
      if (!isEndSeen) await delay(RETRY_MS)
    }
  }
}

/** Repeats a call, each time with its own time limit, until it succeeds. @throws what it failed with at the deadline */
async function persist<T>(call: () => Promise<T>, deadline: number): Promise<T> {
  for (;;) {
    try {
      return await Promise.race([call(), failAfter(CALL_TIMEOUT_MS)])
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
    await delay(RETRY_MS)
  }
}

async function failAfter(ms: number): Promise<never> {
  await delay(ms, undefined, { ref: false })
  throw new Error(`no answer within ${ms} ms`)
}

/** A node that is frozen says nothing and does not hang up: after a while another one is asked. */
const IDLE_MS = 12_000

async function* withIdleLimit<T>(source: AsyncIterable<T>, deadline: number): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      const left = Math.max(0, Math.min(IDLE_MS, deadline - Date.now()))
      const next = await Promise.race([iterator.next(), failAfter(left)])
      if (next.done === true) return
      yield next.value
    }
  } finally {
    void iterator.return?.(undefined)?.catch(() => {}) // broken already
  }
}
