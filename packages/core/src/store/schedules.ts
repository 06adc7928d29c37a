import type { OrchestrateRequest } from '@codex/protocol'
import { desc, eq } from 'drizzle-orm'
import type { Database } from './database.ts'
import { toStorableText } from './json-text.ts'
import { schedules } from './schema/schedules.ts'

export type ScheduleRow = typeof schedules.$inferSelect

export interface NewSchedule {
  readonly id: string
  readonly name: string
  readonly cron: string
  readonly timeZone: string
  readonly request: OrchestrateRequest
  readonly principal: string | null
  readonly paused: boolean
}

export async function insertSchedule(database: Database, schedule: NewSchedule): Promise<void> {
  await database.orm.insert(schedules).values({ ...schedule, name: toStorableText(schedule.name) })
}

export async function readSchedule(database: Database, id: string): Promise<ScheduleRow | null> {
  return (await database.orm.select().from(schedules).where(eq(schedules.id, id)))[0] ?? null
}

/** Newest first. */
export async function readSchedules(database: Database): Promise<readonly ScheduleRow[]> {
  return await database.orm.select().from(schedules).orderBy(desc(schedules.id))
}

export async function updateSchedule(
  database: Database,
  id: string,
  change: Partial<Pick<ScheduleRow, 'paused' | 'lastRunId' | 'lastError'>>,
): Promise<void> {
  await database.orm.update(schedules).set(change).where(eq(schedules.id, id))
}

export async function deleteSchedule(database: Database, id: string): Promise<void> {
  await database.orm.delete(schedules).where(eq(schedules.id, id))
}
