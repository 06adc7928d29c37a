import { setTimeout as delay } from 'node:timers/promises'
import type { Transport } from '../../transports/transport.ts'
import { markOf } from '../model/chaos-model.ts'
import { createClients, type DriveSettings } from './clients.ts'
import { followToEnd, type Watched } from './follow-to-end.ts'
import type { PlannedRun } from './plan-workload.ts'
import type { MoreRuns } from './run-kinds.ts'

/** What the clients of one run saw. */
export interface DrivenRun {
  /** Name of it, also in its prompt. */
  readonly key: string
  readonly kind: string
  /** Every id that an answer gave for it; more than one is a run that was started twice. */
  readonly runIds: ReadonlySet<string>
  /** Numbers of the events in the order in which the watcher got them. */
  readonly watched: readonly number[]
  readonly isCancelAsked: boolean
  /** How it has to end, unless it is cancelled. */
  readonly expects: 'completed' | 'failed'
  /** The terminal event that the watcher saw. */
  readonly end: string | null
  /** Connections that the watcher needed. */
  readonly connections: number
  readonly linesOnce: readonly string[]
  /** The run of its session that has to end before it begins. */
  readonly behind: string | null
  /** What kept it from being accepted or watched to its end; null when all went well. */
  readonly problem: string | null
}

/** How one run is asked for. */
interface Ask {
  readonly key: string
  readonly start: (node: Transport) => Promise<string>
  readonly expects?: DrivenRun['expects']
  readonly linesOnce?: readonly string[]
}

/** Asks for a run and those that belong to it, and watches each of them to its end. */
export async function driveRun(planned: PlannedRun, settings: DriveSettings): Promise<readonly DrivenRun[]> {
  const { key, more, linesOnce } = planned
  if (more === null) return [await driveOne(planned, startAs(planned, key), settings)]
  if (more.by === 'session') return await driveSession(planned, more, settings)
  const expects = more.by === 'retry' ? 'failed' : 'completed'
  const first = await driveOne(planned, { ...startAs(planned, key), expects }, settings)
  const [runId] = first.runIds
  if (runId === undefined || first.end !== `run.${expects}`) return [first]
  planned.mend()
  const nextKey = `${key}/${more.by}`
  const options = { idempotencyKey: nextKey }
  const start = (node: Transport) =>
    more.by === 'retry'
      ? node.retry(runId, options)
      : node.fork(runId, more.fromStep, { prompt: promptOf(nextKey) }, options)
  return [first, await driveOne(planned, { key: nextKey, start, linesOnce }, settings)]
}

/** Asks for several runs of a session at once; each stands behind the one before it. */
async function driveSession(
  planned: PlannedRun,
  { count, laterLines }: Extract<MoreRuns, { by: 'session' }>,
  settings: DriveSettings,
): Promise<readonly DrivenRun[]> {
  const { key, linesOnce } = planned
  const clients = createClients(planned.transport, settings)
  const { id: sessionId } = await clients.persist((node) => node.createSession(key))
  const going: Promise<DrivenRun>[] = []
  for (let n = 1; n <= count; n++) {
    const name = n === 1 ? key : `${key}/${n}`
    const accepted = Promise.withResolvers<void>()
    const driving = driveOne(planned, startAs(planned, name, { sessionId }), settings, accepted.resolve)
    going.push(driving)
    await Promise.race([accepted.promise, driving])
  }
  const runs = await Promise.all(going)
  return runs.map((run, index): DrivenRun => {
    const before = runs.slice(0, index)
    const areLinesKnown = before.every(({ end }) => end === 'run.completed')
    const lines = index === 0 ? linesOnce : [...linesOnce, ...laterLines]
    const behind = [...(before.at(-1)?.runIds ?? [])][0] ?? null
    return { ...run, behind, linesOnce: areLinesKnown ? lines : [] }
  })
}

function startAs(planned: PlannedRun, key: string, more: { readonly sessionId?: string } = {}): Ask {
  const input = { prompt: promptOf(key), ...planned.input, ...more }
  return { key, linesOnce: planned.linesOnce, start: (node) => node.start(input, { idempotencyKey: key }) }
}

function promptOf(key: string): string {
  return `${markOf(key)} Build a calculator`
}

/** Asks for a run at any node, again at others until one answers, and watches it to its end from yet another one. */
async function driveOne(
  planned: PlannedRun,
  { key, start, expects = 'completed', linesOnce = [] }: Ask,
  settings: DriveSettings,
  onAccepted: () => void = () => {},
): Promise<DrivenRun> {
  const clients = createClients(planned.transport, settings)
  const runIds = new Set<string>()
  const watched: Watched = { seqs: [], end: null, connections: 0 }
  let problem: string | null = null
  const isOver = new AbortController()
  const resuming: Promise<void>[] = []
  try {
    const runId = await clients.persist(start)
    runIds.add(runId)
    onAccepted()
    // a client that did not hear the first answer asks again: the same run, also at another node
    if (settings.random.next() < 0.2) runIds.add(await clients.persist(start))
    const { cancelAfterMs } = planned
    const cancelling = cancelAfterMs === null ? null : cancelLater(runId, cancelAfterMs)
    const onWaiting = () => void resuming.push(resumeWaiting(runId))
    await followToEnd(runId, watched, { clients, settings, onWaiting })
    await cancelling
    await Promise.all(resuming)
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error)
  } finally {
    isOver.abort()
  }
  return {
    key,
    kind: planned.kind,
    runIds,
    watched: watched.seqs,
    isCancelAsked: planned.cancelAfterMs !== null,
    expects,
    end: watched.end,
    connections: watched.connections,
    linesOnce,
    behind: null,
    problem,
  }

  async function cancelLater(runId: string, afterMs: number): Promise<void> {
    await delay(afterMs, undefined, { signal: isOver.signal }).catch(() => {}) // over meanwhile
    if (!isOver.signal.aborted) await clients.persist((node) => node.cancel(runId))
  }

  /** A resume whose answer was lost may have been heard: only one that still waits is resumed again. */
  async function resumeWaiting(runId: string): Promise<void> {
    const { resumeWith } = planned
    if (resumeWith == null) return
    const resume = async (node: Transport) => {
      if ((await node.get(runId)).status === 'waiting') await node.resume(runId, resumeWith)
    }
    await clients.persist(resume).catch(() => {}) // the watcher tells that it does not end
  }
}
