import { setTimeout as delay } from 'node:timers/promises'
import { CodexError } from '@codex/protocol'
import { type ClaimedRun, claimRun } from '../store/claim-run.ts'
import type { RunNotifications } from '../store/run-notifications.ts'
import { executeRun, type RunServices } from './execute-run.ts'
import { RunInterruption } from './run-interruption.ts'

/** Executes runs on this node and stops them: by cancel, by their time limit, or because the process shuts down. */
export interface RunExecutor {
  /** @returns `parked` when the run has to go on somewhere else or later */
  execute(runId: string): Promise<'ended' | 'parked'>
  /** Runs that are going here now. */
  readonly active: ReadonlyMap<string, AbortController>
  /** Stops every run without ending it, and resolves when their processes are dead. */
  park(): Promise<void>
}

export function createRunExecutor(services: RunServices, notifications: RunNotifications, node: string): RunExecutor {
  const active = new Map<string, AbortController>()
  const going = new Set<Promise<unknown>>()
  const parking = new AbortController()
  let isParking = false

  const stopListening = notifications.onCancel((runId) => {
    void readCancelReason(services, runId).then((reason) => {
      if (reason !== null) active.get(runId)?.abort(new CodexError('CANCELLED', reason))
    })
  })

  const executeClaimed = async (runId: string, claimed: ClaimedRun): Promise<'ended' | 'parked'> => {
    const controller = new AbortController()
    active.set(runId, controller)
    const timeLeftMs = claimed.startedAt.getTime() + claimed.plan.timeoutMs - Date.now()
    const timer = setTimeout(
      () => controller.abort(timeoutError(claimed.plan.timeoutMs)),
      Math.max(0, Math.min(timeLeftMs, MAX_TIMER_MS)),
    )
    try {
      // asked again after the run is known as active: a request that came in between is seen either here or there
      const cancelReason = claimed.cancelReason ?? (await readCancelReason(services, runId))
      if (cancelReason !== null) controller.abort(new CodexError('CANCELLED', cancelReason))
      if (isParking) controller.abort(new RunInterruption('shutdown'))
      await executeRun(claimed, services, controller.signal)
      await dropWorktree(services, runId)
      return 'ended'
    } catch (error) {
      if (error instanceof RunInterruption) return 'parked'
      throw error
    } finally {
      clearTimeout(timer)
      active.delete(runId)
    }
  }

  const executeHere = async (runId: string): Promise<'ended' | 'parked'> => {
    while (!isParking) {
      try {
        const claimed = await claimRun(services.database.pool, runId, node)
        // null: cancelled while it waited, or ended by another node
        return claimed === null ? 'ended' : await executeClaimed(runId, claimed)
      } catch (error) {
        // what happened could not be recorded (database trouble): nothing is lost, it is taken up again from its rows
        services.log.error({ runId, error: String(error) }, 'could not record a run; taking it up again')
        await delay(DATABASE_RETRY_MS, undefined, { signal: parking.signal }).catch(() => {}) // woken early to park
      }
    }
    return 'parked'
  }

  return {
    active,
    async execute(runId) {
      const execution = executeHere(runId)
      going.add(execution)
      try {
        return await execution
      } finally {
        going.delete(execution)
      }
    },
    async park() {
      isParking = true
      parking.abort()
      stopListening()
      for (const controller of active.values()) controller.abort(new RunInterruption('shutdown'))
      await Promise.allSettled(going)
    },
  }
}

/** Installed dependencies are most of what a run leaves on disk; its trees and commits stay in its git directory. */
async function dropWorktree(services: RunServices, runId: string): Promise<void> {
  await services.workspaces.remove(runId).catch((error: unknown) => {
    services.log.warn({ runId, error: String(error) }, 'could not remove a worktree; retention will')
  })
}

const DATABASE_RETRY_MS = 2_000

/** Node's timers take no more than 2^31-1 ms. */
const MAX_TIMER_MS = 2_147_483_647

function timeoutError(timeoutMs: number): CodexError {
  return new CodexError(
    'RUN_TIMEOUT',
    `the run took longer than its ${timeoutMs / 1000} s (options.timeout_s, budget.max_duration_s)`,
  )
}

async function readCancelReason(services: RunServices, runId: string): Promise<string | null> {
  const result = await services.database.pool.query<{ cancel_reason: string | null }>(
    'SELECT cancel_reason FROM codex.runs WHERE id = $1',
    [runId],
  )
  return result.rows[0]?.cancel_reason ?? null
}
