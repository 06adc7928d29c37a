import { setTimeout as delay } from 'node:timers/promises'
import { CodexError } from '@codex/protocol'
import { type ClaimedRun, claimRun, enterAndClaimRun } from '../store/claim-run.ts'
import type { EngineEntry } from '../store/engine-entry.ts'
import type { RunNotifications } from '../store/run-notifications.ts'
import { executeRun, type RunServices } from './execute-run.ts'
import { limitRun } from './limit-run.ts'
import { RunInterruption } from './run-interruption.ts'

/** Executes runs on this node and stops them: by cancel, by their time limit, or because the process shuts down. */
export interface RunExecutor {
  /**
   * Executes a run until it has ended or is somebody else's.
   * @returns `parked` when the process shuts down first and the run has to go on somewhere else or later
   */
  execute(runId: string): Promise<'ended' | 'parked'>
  /**
   * Enters a run into the engine and claims it in one commit; the engine has to execute it at once then.
   * @returns false when it has to go through the engine's queue
   */
  enter(runId: string, entry: EngineEntry): Promise<boolean>
  /** Runs that this process has taken and not let go of. */
  going(): readonly string[]
  /** Stops every run without ending it, and resolves when their processes are dead. */
  park(): Promise<void>
}

const DATABASE_RETRY_MS = 2_000
/** Cancels whose notification was lost with its connection are seen after this time at the latest. */
const CANCEL_POLL_MS = 2_000

export function createRunExecutor(services: RunServices, notifications: RunNotifications, node: string): RunExecutor {
  const { pool } = services.database
  const active = new Map<string, AbortController>()
  const going = new Map<string, Promise<unknown>>()
  const parking = new AbortController()
  /** Claimed when they were entered; their execution begins with it. */
  const entered = new Map<string, { readonly claimed: ClaimedRun | null; readonly controller: AbortController }>()

  /** Stops those of these runs that somebody asked to cancel. */
  const stopCancelled = async (runIds: readonly string[]): Promise<void> => {
    if (runIds.length === 0) return
    const asked = await pool.query<{ id: string; cancel_reason: string }>(
      'SELECT id, cancel_reason FROM codex.runs WHERE id = ANY($1::uuid[]) AND cancel_reason IS NOT NULL',
      [runIds],
    )
    for (const { id, cancel_reason } of asked.rows) active.get(id)?.abort(new CodexError('CANCELLED', cancel_reason))
  }
  const lookForCancels = (): void => {
    const uncancelled = [...active].filter(([, controller]) => !controller.signal.aborted).map(([runId]) => runId)
    // the database is away: it is looked at again with the next poll
    void stopCancelled(uncancelled).catch(() => {})
  }
  const stopListening = notifications.onCancel((runId) => {
    if (runId === null || active.has(runId)) lookForCancels()
  })
  const poll = setInterval(lookForCancels, CANCEL_POLL_MS)
  poll.unref()

  const executeClaimed = async (claimed: ClaimedRun, controller: AbortController): Promise<void> => {
    const limits = limitRun(controller, claimed)
    try {
      if (claimed.cancelReason !== null) controller.abort(new CodexError('CANCELLED', claimed.cancelReason))
      if (parking.signal.aborted) controller.abort(new RunInterruption('shutdown'))
      await executeRun(claimed, services, controller.signal)
    } finally {
      limits.clear()
    }
  }

  /** Known as active before it is claimed: a cancel is seen by the claim, or told of after it. */
  const claimAndExecute = async (runId: string): Promise<ClaimedRun | null> => {
    const before = entered.get(runId)
    entered.delete(runId)
    const controller = before?.controller ?? new AbortController()
    active.set(runId, controller)
    try {
      const claimed = before === undefined ? await claimRun(pool, runId, node) : before.claimed
      // null: cancelled while it waited, ended by another node, past its deadline, or behind another run
      if (claimed !== null) await executeClaimed(claimed, controller)
      return claimed
    } finally {
      active.delete(runId)
    }
  }

  const executeHere = async (runId: string): Promise<'ended' | 'parked'> => {
    while (!parking.signal.aborted) {
      try {
        const claimed = await claimAndExecute(runId)
        if (claimed?.sessionId != null) await services.startSuccessors?.(runId)
        return 'ended'
      } catch (error) {
        if (error instanceof RunInterruption && error.reason === 'shutdown') return 'parked'
        // it is somebody else's now: keeping it would only take a place from others
        if (error instanceof RunInterruption && error.reason === 'superseded') return 'ended'
        // what happened could not be recorded (database trouble): nothing is lost, it is taken up again from its rows
        const cause = error instanceof RunInterruption ? error.cause : error
        services.log.error({ runId, error: String(cause) }, 'could not record a run; taking it up again')
        await delay(DATABASE_RETRY_MS, undefined, { signal: parking.signal }).catch(() => {}) // woken early to park
      }
    }
    return 'parked'
  }

  return {
    going: () => [...going.keys()],
    async execute(runId) {
      // this node was taken for dead and got its own run again: two executions must not share a worktree
      const before = going.get(runId) ?? Promise.resolve()
      if (!entered.has(runId)) active.get(runId)?.abort(new RunInterruption('superseded'))
      const execution = before.then(() => executeHere(runId))
      going.set(runId, execution)
      try {
        return await execution
      } finally {
        if (going.get(runId) === execution) going.delete(runId)
      }
    },
    async enter(runId, entry) {
      if (parking.signal.aborted || going.has(runId) || entered.has(runId)) return false
      const controller = new AbortController()
      active.set(runId, controller)
      const result = await enterAndClaimRun(pool, runId, node, entry).catch((error: unknown) => {
        active.delete(runId)
        throw error
      })
      if (result === null) active.delete(runId)
      else entered.set(runId, { ...result, controller })
      return result !== null
    },
    async park() {
      parking.abort()
      clearInterval(poll)
      stopListening()
      for (const controller of active.values()) controller.abort(new RunInterruption('shutdown'))
      await Promise.allSettled(going.values())
    },
  }
}
