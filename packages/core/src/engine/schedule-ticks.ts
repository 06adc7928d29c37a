import { DBOS } from '@dbos-inc/dbos-sdk'
import { TimeMatcher, validateCrontab, validateTimezone } from '@dbos-inc/dbos-sdk/internal/scheduler/crontab'
import type { Pool } from 'pg'
import type { EnginePart } from './engine.ts'

/** The clock of schedules: exactly one node is told of each tick. */
export interface ScheduleTicks {
  /** Begins to tick; a schedule that ticks already takes the new times. */
  set(scheduleId: string, times: { readonly cron: string; readonly timeZone: string }): Promise<void>
  pause(scheduleId: string): Promise<void>
  resume(scheduleId: string): Promise<void>
  remove(scheduleId: string): Promise<void>
}

export interface RunningTicks extends ScheduleTicks {
  /** To be given to the engine. */
  readonly part: EnginePart
  /** A tick that fails from now on stays pending for another node, or for the next process. */
  stop(): void
}

/** What is done at a tick; called again for the same one until it resolves to true. */
export type OnTick = (scheduleId: string, scheduledAt: Date) => Promise<boolean>

const WORKFLOW = 'schedule-tick'
/** The engine's own, on which the ticks come themselves. */
const QUEUE = '_dbos_internal_queue'
const FIRST_PAUSE_S = 5
const MAX_PAUSE_S = 300

const OLD_TICKS = `SELECT workflow_uuid AS id FROM dbos.workflow_status
  WHERE starts_with(workflow_uuid, $1) AND status NOT IN ('ENQUEUED', 'DELAYED', 'PENDING')
    AND created_at < (EXTRACT(EPOCH FROM now()) * 1000)::bigint - 3600000 LIMIT 1000`

/**
 * Makes the clock, to be handed to the engine as a part. A tick is a workflow named after its time, so however many nodes
 * see it, one executes it, and again when that one dies before it is done. One that cannot be done now is planned for
 * later, as a row that takes no place and that any node may do.
 */
export function createScheduleTicks(pool: Pool, onTick: OnTick, firstPauseS = FIRST_PAUSE_S): RunningTicks {
  const stopping = new AbortController()
  const doTick = async (scheduledAt: Date, scheduleId: string, tries: number): Promise<void> => {
    if (!(await onTick(scheduleId, scheduledAt))) {
      await DBOS.startWorkflow(workflow, {
        workflowID: `sched-${scheduleId}-${scheduledAt.toISOString()}-again-${tries}`,
        queueName: QUEUE,
        enqueueOptions: { delaySeconds: Math.min(firstPauseS * 2 ** (tries - 1), MAX_PAUSE_S) },
      })(scheduledAt, scheduleId, tries + 1)
    }
    await forgetOldTicks(pool, scheduleId)
  }
  const tick = async (scheduledAt: Date, scheduleId: string, tries = 1): Promise<void> => {
    try {
      await doTick(scheduledAt, scheduleId, tries)
    } catch (error) {
      // a failure would be the end of the tick; like this it is taken up by another node, or at the next start
      if (stopping.signal.aborted) return await new Promise<never>(() => {})
      throw error
    }
  }
  let workflow = tick
  return {
    stop: () => stopping.abort(),
    part: {
      register() {
        workflow = DBOS.registerWorkflow(tick, { name: WORKFLOW, maxRecoveryAttempts: Number.MAX_SAFE_INTEGER })
      },
      async open() {},
    },
    async set(scheduleId, { cron, timeZone }) {
      const times = { scheduleName: scheduleId, workflowFn: workflow, schedule: cron, context: scheduleId }
      // ticks that were missed while no node was there are not made up for: each would be a whole run
      await DBOS.applySchedules([{ ...times, cronTimezone: timeZone, automaticBackfill: false }])
    },
    pause: (scheduleId) => DBOS.pauseSchedule(scheduleId),
    resume: (scheduleId) => DBOS.resumeSchedule(scheduleId),
    remove: (scheduleId) => DBOS.deleteSchedule(scheduleId),
  }
}

/** The engine keeps every workflow for ever. */
async function forgetOldTicks(pool: Pool, scheduleId: string): Promise<void> {
  const old = await pool.query<{ id: string }>(OLD_TICKS, [`sched-${scheduleId}-`])
  if (old.rows.length > 0) await DBOS.deleteWorkflows(old.rows.map(({ id }) => id))
}

/** What is wrong with a cron expression, as the end of a sentence; null when it can be used. */
export function findCronProblem(cron: string): string | null {
  return problemOf(() => validateCrontab(cron))
}

/** What is wrong with the name of a time zone; null when it can be used. */
export function findTimeZoneProblem(timeZone: string): string | null {
  return problemOf(() => validateTimezone(timeZone))
}

/** The next time after `from`; null when no time fits. */
export function nextTick(cron: string, timeZone: string, from = new Date()): Date | null {
  const matcher = new TimeMatcher(cron, timeZone)
  const next = matcher.nextWakeupTime(from)
  return matcher.match(next) ? next : null
}

function problemOf(check: () => void): string | null {
  try {
    check()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
