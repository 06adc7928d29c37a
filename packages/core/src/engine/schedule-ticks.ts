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

export type OnTick = (scheduleId: string, scheduledAt: Date) => Promise<void>

const WORKFLOW = 'schedule-tick'

const OLD_TICKS = `SELECT workflow_uuid AS id FROM dbos.workflow_status
  WHERE starts_with(workflow_uuid, $1) AND status NOT IN ('ENQUEUED', 'DELAYED', 'PENDING')
    AND created_at < (EXTRACT(EPOCH FROM now()) * 1000)::bigint - 3600000 LIMIT 1000`

/**
 * Makes the clock, to be handed to the engine as a part. A tick is a workflow named after its time, so however many nodes
 * see it, one executes it, and again when that one dies before it is done.
 */
export function createScheduleTicks(pool: Pool, onTick: OnTick): ScheduleTicks & { readonly part: EnginePart } {
  const tick = async (scheduledAt: Date, scheduleId: string): Promise<void> => {
    await onTick(scheduleId, scheduledAt)
    await forgetOldTicks(pool, scheduleId)
  }
  let workflow = tick
  return {
    part: {
      register() {
        workflow = DBOS.registerWorkflow(tick, { name: WORKFLOW })
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
