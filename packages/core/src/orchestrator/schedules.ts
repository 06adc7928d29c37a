import { CodexError, type CreateScheduleInput, type OrchestrateRequest, type Schedule } from '@codex/protocol'
import { v7 as uuidv7 } from 'uuid'
import { findCronProblem, findTimeZoneProblem, nextTick, type ScheduleTicks } from '../engine/schedule-ticks.ts'
import type { Log } from '../logging/log.ts'
import type { Database } from '../store/database.ts'
import { isDatabaseTrouble } from '../store/database-trouble.ts'
import {
  deleteSchedule,
  insertSchedule,
  readSchedule,
  readSchedules,
  type ScheduleRow,
  updateSchedule,
} from '../store/schedules.ts'
import { invalidField } from './invalid-field.ts'
import type { SubmitResult } from './submission.ts'

/** Requests that are submitted again and again by the clock. */
export interface Schedules {
  /** @throws CodexError INVALID_REQUEST (cron, time zone or request), and what planning the request throws */
  create(input: CreateScheduleInput, principal: string | null): Promise<Schedule>
  /** @throws CodexError NOT_FOUND */
  get(id: string): Promise<Schedule>
  list(): Promise<readonly Schedule[]>
  /** Takes effect on every node within seconds. @throws CodexError NOT_FOUND */
  setPaused(id: string, paused: boolean): Promise<Schedule>
  /** Its runs stay. @throws CodexError NOT_FOUND */
  remove(id: string): Promise<void>
  /** Submits the request now, also when the schedule is paused. @throws CodexError NOT_FOUND, and as `submit` */
  trigger(id: string): Promise<SubmitResult>
  /**
   * Submits the request of a tick, once however often it is called; what stands in the way is kept in `lastError`.
   * @returns false when it has to be called again later
   */
  tick(id: string, scheduledAt: Date): Promise<boolean>
}

export interface ScheduleServices {
  readonly database: Database
  readonly ticks: ScheduleTicks
  /** Checks a request as submitting does, without storing anything. */
  readonly check: (request: OrchestrateRequest) => Promise<void>
  readonly submit: (
    request: OrchestrateRequest,
    options: {
      readonly principal: string | null
      readonly scheduleId: string | null
      readonly idempotencyKey: string | null
    },
  ) => Promise<SubmitResult>
  readonly log: Log
}

/** A tick that could not become a run for so long never does. */
const MAX_LATE_MS = 24 * 3_600_000

export function createSchedules(services: ScheduleServices): Schedules {
  const { database, ticks, submit, log } = services
  const find = async (id: string): Promise<ScheduleRow> => {
    const row = await readSchedule(database, id)
    if (row === null) throw new CodexError('NOT_FOUND', `there is no schedule ${id}`)
    return row
  }
  const get = async (id: string): Promise<Schedule> => toSchedule(await find(id))
  return {
    get,
    list: async () => (await readSchedules(database)).map(toSchedule),
    async create({ name, cron, request, timeZone = 'UTC', paused = false }, principal) {
      checkTimes(cron, timeZone)
      checkRepeatable(request)
      await services.check(request)
      const id = uuidv7()
      await insertSchedule(database, { id, name, cron, timeZone, request, principal, paused })
      // a schedule without its clock would never submit and look as if it did
      await startTicking(ticks, { id, cron, timeZone, paused }).catch(async (error: unknown) => {
        await deleteSchedule(database, id)
        throw error
      })
      return await get(id)
    },
    async setPaused(id, paused) {
      await find(id)
      await (paused ? ticks.pause(id) : ticks.resume(id))
      await updateSchedule(database, id, { paused })
      return await get(id)
    },
    async remove(id) {
      await find(id)
      await ticks.remove(id)
      await deleteSchedule(database, id)
    },
    async trigger(id) {
      const { request, principal } = await find(id)
      const submitted = await submit(request, { principal, scheduleId: id, idempotencyKey: null })
      await updateSchedule(database, id, { lastRunId: submitted.requestId, lastError: null })
      return submitted
    },
    async tick(id, scheduledAt) {
      const time = scheduledAt.toISOString()
      try {
        const row = await readSchedule(database, id)
        if (row === null || row.paused) return true
        const options = { principal: row.principal, scheduleId: id, idempotencyKey: `schedule:${id}:${time}` }
        const { requestId } = await submit(row.request, options)
        await updateSchedule(database, id, { lastRunId: requestId, lastError: null })
        return true
      } catch (error) {
        const comesAgain = isTransient(error) && Date.now() - scheduledAt.getTime() < MAX_LATE_MS
        log.warn(
          { scheduleId: id, time, error: String(error), comesAgain },
          'a tick of a schedule did not become a run',
        )
        const message = CodexError.isInstance(error)
          ? error.message
          : 'unexpected error; the server log has the details'
        const lastError = `${time}: ${message}${comesAgain ? ' (it is tried again)' : ''}`
        await updateSchedule(database, id, { lastError }).catch(() => {}) // the database itself may be what is away
        return !comesAgain
      }
    },
  }
}

/** Whether the same request may be taken later: a full queue or disk, a server that stops, a database that is away. */
function isTransient(error: unknown): boolean {
  return CodexError.isInstance(error) ? error.retryable : isDatabaseTrouble(error)
}

async function startTicking(ticks: ScheduleTicks, row: Pick<ScheduleRow, 'id' | 'cron' | 'timeZone' | 'paused'>) {
  await ticks.set(row.id, row)
  if (row.paused) await ticks.pause(row.id)
}

function checkTimes(cron: string, timeZone: string): void {
  const cronProblem = findCronProblem(cron)
  if (cronProblem !== null) {
    throw invalidField(
      'cron',
      `cron "${cron}" cannot be used: ${cronProblem}; give minute, hour, day of month, month and weekday, such as "0 6 * * 1-5"`,
    )
  }
  if (findTimeZoneProblem(timeZone) === null) return
  throw invalidField('timeZone', `time_zone "${timeZone}" is not known; give an IANA name such as "Europe/Berlin"`)
}

/** A request that is submitted many times cannot name one point in time. */
function checkRepeatable({ deadline, after }: OrchestrateRequest): void {
  if (deadline !== undefined) {
    throw invalidField('request.deadline', 'a schedule cannot have a deadline; use options.timeout_s')
  }
  if (typeof after === 'string') {
    throw invalidField('request.after', 'after must be a number of seconds in a schedule, counted from each tick')
  }
}

function toSchedule({ principal: _, ...row }: ScheduleRow): Schedule {
  return { ...row, nextAt: row.paused ? null : nextTick(row.cron, row.timeZone) }
}
