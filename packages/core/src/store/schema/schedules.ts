import type { OrchestrateRequest } from '@codex/protocol'
import { boolean, jsonb, text, uuid } from 'drizzle-orm/pg-core'
import { codex, instant } from './codex-schema.ts'

/** Requests that are submitted again and again by the clock. */
export const schedules = codex.table('schedules', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  /** Five or six fields. */
  cron: text('cron').notNull(),
  /** IANA name. */
  timeZone: text('time_zone').notNull().default('UTC'),
  request: jsonb('request').$type<OrchestrateRequest>().notNull(),
  /** Fingerprint of the API key that made it. */
  principal: text('principal'),
  paused: boolean('paused').notNull().default(false),
  lastRunId: uuid('last_run_id'),
  lastError: text('last_error'),
  createdAt: instant('created_at').notNull().defaultNow(),
})
