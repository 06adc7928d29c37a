import { setTimeout as delay } from 'node:timers/promises'
import { CodexError } from '@codex/protocol'
import type { RunOutcome } from '../engine/engine.ts'
import type { NodeLease } from '../engine/lease.ts'
import { RUN_FORMATS } from '../engine/run-formats.ts'
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
   * @param owner the engine's token of this execution: nothing is begun when it means another one by now
   * @returns `parked` when the process shuts down first and the run has to go on somewhere else or later, `released`
   *   when somebody else may have taken it, because this node was out of reach
   */
  execute(runId: string, owner?: string | null): Promise<RunOutcome>
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

/** This node's right to execute runs, as far as the executor looks at it. */
export type ExecutorLease = Pick<NodeLease, 'isHeld' | 'whenHeld' | 'onLost'>

export function createRunExecutor(
  services: RunServices,
  notifications: Pick<RunNotifications, 'onCancel'>,
  node: string,
  lease: ExecutorLease,
  formats: readonly string[] = RUN_FORMATS,
): RunExecutor {
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
  lease.onLost(() => {
    for (const controller of active.values()) controller.abort(new RunInterruption('superseded'))
  })
  const poll = setInterval(lookForCancels, CANCEL_POLL_MS)
  poll.unref()

  const executeClaimed = async (claimed: ClaimedRun, controller: AbortController): Promise<void> => {
    const limits = limitRun(controller, claimed)
    try {
      if (claimed.cancelReason !== null) controller.abort(new CodexError('CANCELLED', claimed.cancelReason))
      if (parking.signal.aborted) controller.abort(new RunInterruption('shutdown'))
      await executeRun(claimed, services, controller.signal, lease.isHeld)
    } finally {
      limits.clear()
    }
  }

  /** Known as active before it is claimed: a cancel is seen by the claim, or told of after it. */
  const claimAndExecute = async (runId: string, owner: string | null): Promise<ClaimedRun | null> => {
    const before = entered.get(runId)
    entered.delete(runId)
    const controller = before?.controller ?? new AbortController()
    active.set(runId, controller)
    try {
      const claimed = before === undefined ? await claimRun(pool, runId, node, owner, formats) : before.claimed
      // null: cancelled while it waited, ended by another node, past its deadline, behind another run, or of a format that
      // others know
      if (claimed !== null) await executeClaimed(claimed, controller)
      return claimed
    } finally {
      active.delete(runId)
    }
  }

  const executeHere = async (runId: string, owner: string | null): Promise<RunOutcome> => {
    for (;;) {
      await lease.whenHeld(parking.signal)
      if (parking.signal.aborted) return 'parked'
      try {
        const claimed = await claimAndExecute(runId, owner)
        if (claimed?.sessionId != null) await services.startSuccessors?.(runId)
        return 'ended'
      } catch (error) {
        if (error instanceof RunInterruption && error.reason === 'shutdown') return 'parked'
        if (error instanceof RunInterruption && error.reason === 'superseded') {
          // when it is only this node's lease that is gone, nobody may have taken the run: it goes back to the queue then
          await lease.whenHeld(parking.signal)
          return parking.signal.aborted ? 'parked' : 'released'
        }
        // what happened could not be recorded (database trouble): nothing is lost, it is taken up again from its rows
        const cause = error instanceof RunInterruption ? error.cause : error
        services.log.error({ runId, error: String(cause) }, 'could not record a run; taking it up again')
        await delay(DATABASE_RETRY_MS, undefined, { signal: parking.signal }).catch(() => {}) // woken early to park
      }
    }
  }

  return {
    going: () => [...going.keys()],
    async execute(runId, owner = null) {
      // this node was taken for dead and got its own run again: two executions must not share a worktree
      const before = going.get(runId) ?? Promise.resolve()
      if (!entered.has(runId)) active.get(runId)?.abort(new RunInterruption('superseded'))
      const execution = before.then(() => executeHere(runId, owner))
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
