import { z } from 'zod'
import { orchestrateRequest } from './orchestrate-request.ts'

const cron = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .describe('Minute, hour, day, month, weekday; with a sixth field in front: seconds. Such as "0 6 * * 1-5"')
const timeZone = z.string().trim().min(1).max(64).describe('IANA name, such as "Europe/Berlin"; default UTC')

/** A request that is submitted again and again by the clock. */
export const createScheduleInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  cron,
  timeZone: timeZone.optional(),
  request: orchestrateRequest.describe('What is submitted at each tick; checked when the schedule is made'),
  paused: z.boolean().optional().describe('Whether it begins paused, default false'),
})
export type CreateScheduleInput = z.infer<typeof createScheduleInput>

export const scheduleIdInput = z.strictObject({ id: z.uuid() })
export type ScheduleIdInput = z.infer<typeof scheduleIdInput>

export const schedule = z.object({
  id: z.uuid(),
  name: z.string(),
  cron: z.string(),
  timeZone: z.string(),
  request: orchestrateRequest,
  paused: z.boolean(),
  nextAt: z.date().nullable().describe('When it submits next; null while it is paused, or when no time fits'),
  lastRunId: z.uuid().nullable(),
  lastError: z.string().nullable().describe('Why the last tick did not become a run'),
  createdAt: z.date(),
})
export type Schedule = z.infer<typeof schedule>
